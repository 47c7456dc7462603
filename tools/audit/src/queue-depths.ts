/** The depth of RabbitMQ's queues. */
import { setTimeout as pause } from 'node:timers/promises'
import { choreography, type ServiceName, serviceNames } from '@quadrille/events'
import { configurableQueuesOf, queueNamesOf, topologyOf, unrouted } from '@quadrille/messaging'
import type { Channel } from 'amqplib'
import { type OpenChannel, onConnection } from './broker-channel.ts'

export interface QueueDepth {
  /** Without the messages that consumers hold unacknowledged. */
  readonly messages: number
  readonly consumers: number
}

export interface NoAnswer {
  /** The reason why the depth is unknown. */
  readonly noAnswer: string
}

/** The depth of each queue, by name. */
export type Queues = ReadonlyMap<string, QueueDepth | NoAnswer>

/** How often a queue with 0 messages and 0 consumers is read at most. */
const maxReads = 4

/** The time before it is read again, ms: longer than the 250 ms that the broker waits for the leader of a queue. */
const rereadAfterMs = 300

const topologies = Object.values(choreography).map((model) => topologyOf(model, choreography))
/** Queues that exist only while the service is configured to use them, or messages are left in them, and those of optional services. */
const optional: readonly string[] = topologies.flatMap((topology) =>
  topology.essential ? configurableQueuesOf(topology) : queueNamesOf(topology),
)
const required: readonly string[] = [...topologies.flatMap(queueNamesOf), unrouted].filter(
  (name) => !optional.includes(name),
)

export interface QueueDepthOptions {
  /** The services whose queues are read. Default: all. */
  readonly services?: readonly ServiceName[]
  /** Default 60,000: far more than slow leaders of all queues need. */
  readonly withinMs?: number
}

/**
 * The depth of every queue of these services: inboxes, work, retry and dead-letter queues, and `unrouted`. Queues of
 * channels that are not configured, and of optional services, are left out, unless they exist. RabbitMQ reports 0 messages and 0 consumers
 * for a queue without a leader or with a slow one (rabbit_quorum_queue:stat/2). Such a queue is read up to four times.
 * If its service consumes other queues, the result is `NoAnswer`. If the service is stopped, or the queue never has
 * consumers, it counts as empty. If a service stops between the reads, its queues may be
 * reported as `NoAnswer` once; the next call reports them as empty.
 * @throws if the broker can't be reached or does not answer, or if a queue is missing that its service always declares:
 * the service has never been connected to this broker.
 */
export const queueDepths = (amqpUrl: string, options?: QueueDepthOptions): Promise<Queues> =>
  createQueueReader(amqpUrl, options)()

/**
 * Reads the same several times. It searches for the queues that may be missing only once, because RabbitMQ closes a channel and logs an
 * error for each that is.
 */
export const createQueueReader = (
  amqpUrl: string,
  { services = serviceNames, withinMs = 60_000 }: QueueDepthOptions = {},
): (() => Promise<Queues>) => {
  const ofOthers = serviceNames.filter((service) => !services.includes(service)).map((service) => `${service}.`)
  const isRead = (name: string) => !ofOthers.some((prefix) => name.startsWith(prefix))
  let existing: readonly string[] | undefined
  return () =>
    onConnection({ amqpUrl, withinMs }, async (openChannel) => {
      existing ??= await existingOf(openChannel, optional.filter(isRead))
      return depthsOf(await openChannel(), [...required.filter(isRead), ...existing])
    })
}

const depthsOf = async (channel: Channel, queues: readonly string[]): Promise<Queues> => {
  const depths = new Map<string, QueueDepth>()
  let names = queues
  for (let reads = 1; names.length > 0 && reads <= maxReads; reads += 1) {
    if (reads > 1) await pause(rereadAfterMs)
    for (const name of names) depths.set(name, await depthOf(channel, name))
    names = names.filter((name) => isAllZero(depths.get(name)))
  }
  return new Map<string, QueueDepth | NoAnswer>([...depths, ...unanswered(depths)])
}

const existingOf = async (openChannel: OpenChannel, names: readonly string[]): Promise<string[]> => {
  const existing: string[] = []
  for (const name of names) if (await exists(await openChannel(), name)) existing.push(name)
  return existing
}

/** Closes the channel afterwards. */
const exists = async (channel: Channel, queue: string): Promise<boolean> => {
  try {
    await channel.checkQueue(queue)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 404) return false // AMQP 0-9-1, section 1.2: not-found
    throw error
  }
  await channel.close()
  return true
}

const depthOf = async (channel: Channel, queue: string): Promise<QueueDepth> => {
  const { messageCount, consumerCount } = await channel.checkQueue(queue)
  return { messages: messageCount, consumers: consumerCount }
}

const isAllZero = (depth: QueueDepth | undefined): boolean => depth?.messages === 0 && depth.consumers === 0

/** A service consumes either all of its inbox, work queues and dead-letter queue, or none of them. */
const unanswered = (depths: ReadonlyMap<string, QueueDepth>): [string, NoAnswer][] =>
  topologies.flatMap(({ service, queues, deadLetterQueue }) => {
    const consumed = [...queues.map(({ name }) => name), deadLetterQueue]
    if (!consumed.some((name) => (depths.get(name)?.consumers ?? 0) > 0)) return []
    const noAnswer = `0 messages and 0 consumers, but ${service} consumes its other queues`
    return consumed
      .filter((name) => isAllZero(depths.get(name)))
      .map((name): [string, NoAnswer] => [name, { noAnswer }])
  })

/** The depths if the broker can't be read. */
export const noAnswers = (noAnswer: string): Queues => new Map(required.map((name) => [name, { noAnswer }]))

/** Whether the queue is known to be empty. */
export const isEmptyQueue = (answer: QueueDepth | NoAnswer): boolean => 'messages' in answer && answer.messages === 0

/** A retry queue has no consumer: RabbitMQ returns its messages after their delay. */
export const isRetryQueue = (name: string): boolean => name.includes('.retry.')

/** Whether a queue may hold messages that will reach a service. Dead letters and unrouted messages will not. */
export const isBacklog = ([name, answer]: readonly [string, QueueDepth | NoAnswer]): boolean =>
  !isEmptyQueue(answer) && name !== unrouted && !name.endsWith('.dead')
