/** Exchanges, queues and bindings of one service, derived from the choreography, the same for every broker. */
import {
  answererOf,
  type Choreography,
  consumersOf,
  eventsExchange,
  inboxOf,
  publisherOf,
  questionNamesOf,
  type ServiceModel,
} from '@quadrille/messages'
import type { Address } from './message.ts'

export { eventsExchange, inboxOf }
export const directExchange = (service: string): string => `${service}.direct`

export interface QueueTopology {
  readonly name: string
  /**
   * The exchanges to which it is bound, in addition to its owner's direct exchange, which routes by queue name.
   */
  readonly exchanges: readonly string[]
  /** Those of its exchanges whose publisher is not essential, so it may not run. Default: none. */
  readonly optionalExchanges?: readonly string[]
  /**
   * The types of events that its owner consumes. The in-process broker routes no others to it, except those that are in no queue's
   * list. RabbitMQ routes all events of an exchange. Default: all.
   */
  readonly types?: readonly string[]
}

/** The exchanges and the queue of the questions that one service answers. */
export interface QuestionTopology {
  /** The types of the questions. */
  readonly types: readonly string[]
  /** A durable direct exchange, which routes questions by their type. */
  readonly questionsExchange: string
  /** The queue of the answering service, bound to that exchange. Its instances compete for the questions. */
  readonly queue: string
  /** A durable direct exchange, which routes answers to the queues of the asking instances by their names. */
  readonly answersExchange: string
}

export interface ServiceTopology {
  readonly service: string
  /** Whether every waiting message must be kept. The queues of other services have a length limit. */
  readonly essential: boolean
  /** The durable fanout exchange of its events. */
  readonly events: string
  /** The durable direct exchange to its own queues, for tasks and for messages from a retry queue. */
  readonly direct: string
  /** A durable fanout exchange to its work queues, if each of them gets every task. */
  readonly fanout: string | null
  /** Its inbox and its work queues. */
  readonly queues: readonly QueueTopology[]
  /**
   * Work queues of the model that this configuration does not serve. If they exist, they are unbound at each connect, and keep
   * their messages. A queue that the model no longer names stays bound. Default: none.
   */
  readonly retired?: readonly QueueTopology[]
  /** The dead-letter queue, from which the service takes the messages that the broker has dead-lettered. */
  readonly deadLetterQueue: string
  /** The inboxes of its essential consumers. They must exist before it publishes events, or would miss them. */
  readonly requiredInboxes: readonly string[]
  /** The questions that it answers. Default: none. */
  readonly answering?: QuestionTopology
  /** The questions that it asks, by answering service. Default: none. */
  readonly asking?: readonly QuestionTopology[]
}

/**
 * `services`: all services of the choreography. `service` may be outside of it: then it consumes their events, and
 * publishes none that they consume.
 * @throws if it consumes an event that no service publishes, or asks a question that no service answers.
 */
export const topologyOf = (service: ServiceModel, services: Choreography): ServiceTopology => {
  const { name, work } = service
  const publishers = new Set(service.consumes.map((type) => publisherFor(service, type, services)))
  const optional = [...publishers].filter((publisher) => !publisher.essential && publisher !== service)
  return {
    service: name,
    essential: service.essential,
    events: eventsExchange(name),
    direct: directExchange(name),
    fanout: work?.fanout ?? null,
    queues: [
      {
        name: inboxOf(name),
        exchanges: [...publishers].map(exchangeOf),
        ...(optional.length > 0 && { optionalExchanges: optional.map(exchangeOf) }),
        types: service.consumes,
      },
      ...(work?.queues ?? []).map((queue) => ({ name: queue, exchanges: work?.fanout ? [work.fanout] : [] })),
    ],
    deadLetterQueue: `${name}.dead`,
    requiredInboxes: consumersOf(service, services)
      .filter(({ essential }) => essential)
      .map((consumer) => inboxOf(consumer.name)),
    ...(service.answers && { answering: questionsOf(name, service.answers) }),
    ...(service.asks && { asking: askingOf(service, services) }),
  }
}

/** A service outside of the choreography may consume events that it publishes itself. */
const publisherFor = (service: ServiceModel, type: string, services: Choreography): ServiceModel => {
  const publisher = publisherOf(type, { ...services, [service.name]: service })
  if (!publisher) throw wrongModel(`${service.name} consumes ${type}, which no service publishes`)
  return publisher
}

const wrongModel = (problem: string): Error =>
  new Error(`${problem}: correct its model, or add the missing service to the choreography.`)

const exchangeOf = ({ name }: ServiceModel): string => eventsExchange(name)

/** The topology of the questions that a service answers. */
export const questionsOf = (service: string, types: readonly string[]): QuestionTopology => ({
  types,
  ...questionNamesOf(service),
})

const askingOf = ({ name, asks = [] }: ServiceModel, services: Choreography): QuestionTopology[] => {
  const byService = Map.groupBy(asks, (type) => {
    const answerer = answererOf(type, services)
    if (!answerer) throw wrongModel(`${name} asks ${type}, which no service answers`)
    return answerer.name
  })
  return [...byService].map(([service, asked]) => questionsOf(service, asked))
}

/** The exchange for questions of a type. @throws if the service does not ask them. */
export const exchangeToAsk = ({ service, asking = [] }: ServiceTopology, type: string): string => {
  const asked = asking.find(({ types }) => types.includes(type))
  if (!asked) throw new Error(`${service} can't ask ${type}: its model does not list it under asks.`)
  return asked.questionsExchange
}

/** Limits a topology to the work queues that are configured. The others are retired. */
export const withWorkQueues = (topology: ServiceTopology, configured: readonly string[]): ServiceTopology => {
  const isConfigured = ({ name }: QueueTopology) => name === inboxOf(topology.service) || configured.includes(name)
  return {
    ...topology,
    queues: topology.queues.filter(isConfigured),
    retired: topology.queues.filter((queue) => !isConfigured(queue)),
  }
}

/** The delays of retries: one retry queue per tier, because all messages of a queue have the same time to live. */
export const retryTiers = [
  { name: '1s', delayMs: 1_000 },
  { name: '5s', delayMs: 5_000 },
  { name: '30s', delayMs: 30_000 },
  { name: '2m', delayMs: 120_000 },
  { name: '10m', delayMs: 600_000 },
] as const

export type RetryTier = (typeof retryTiers)[number]

const [, , , , longestTier] = retryTiers

/** The shortest tier with at least this delay, or the longest one. */
export const retryTierFor = (delayMs: number): RetryTier =>
  retryTiers.find((tier) => tier.delayMs >= delayMs) ?? longestTier

/** The address of a service's tasks: the fanout exchange of its work queues, or its only work queue. */
export const taskAddress = ({ name, work }: ServiceModel): Address => {
  const [queue] = work?.queues ?? []
  if (!work || !queue) throw new Error(`${name} has no work queue in the choreography.`)
  return work.fanout ? { exchange: work.fanout, routingKey: '' } : { exchange: directExchange(name), routingKey: queue }
}

export const eventAddress = (service: string): Address => ({ exchange: eventsExchange(service), routingKey: '' })

/** True for the addresses to which a service publishes: its events exchange, and its own queues. */
export const mayPublishTo = (
  { events, direct, fanout, queues }: ServiceTopology,
  { exchange, routingKey }: Address,
): boolean =>
  exchange === events || exchange === fanout || (exchange === direct && queues.some(({ name }) => name === routingKey))
