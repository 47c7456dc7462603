/** The names of RabbitMQ's queues and exchanges, in addition to those that every broker has. */
import { type QueueTopology, type RetryTier, retryTiers, type ServiceTopology } from '../../topology.ts'

export const retryQueueOf = (queue: string, tier: RetryTier): string => `${queue}.retry.${tier.name}`

/** Every queue of a service: its inbox, its work queues, the retry queues of each, and its dead-letter queue. */
export const queueNamesOf = ({ queues, deadLetterQueue }: ServiceTopology): string[] => [
  ...queues.flatMap(withRetryQueues),
  deadLetterQueue,
]

const withRetryQueues = ({ name }: QueueTopology): string[] => [
  name,
  ...retryTiers.map((tier) => retryQueueOf(name, tier)),
]

/**
 * The queues that exist only if they are configured: those behind the fanout exchange of the service, with their retry
 * queues. The others exist once the service has been connected.
 */
export const configurableQueuesOf = ({ queues, fanout }: ServiceTopology): string[] =>
  queues.filter(({ exchanges }) => fanout !== null && exchanges.includes(fanout)).flatMap(withRetryQueues)

/** The queue for the answers to one asking instance. */
export const answerQueueOf = (service: string, instance: string): string => `${service}.replies.${instance}`

/**
 * The fanout exchange, and its queue, for messages that a service's direct exchange can't route. Shared by all
 * services.
 */
export const unrouted = 'unrouted'

/**
 * The exchange that proves that a queue is bound to an exchange. AMQP 0-9-1 can't query a binding, but it can query an
 * exchange. So this exchange is declared after the binding, and its existence proves the binding.
 */
export const bindingMarkerOf = (queue: string, exchange: string): string => `${queue}.bound-to.${exchange}`

/** The exchange that records which database owns the queues of a service. It carries no messages. */
export const ownerExchangeOf = (service: string): string => `${service}.owner`

/** Its alternate exchange, which does not exist, for the name of a database; its queue, for the id of a connection. */
export const ownerNameOf = (service: string, name: string): string => `${ownerExchangeOf(service)}.${name}`
