/** How much lies in the queues of RabbitMQ. */
import { setTimeout as pause } from 'node:timers/promises'
import { choreography } from '@quadrille/events'
import { optionalQueuesOf, queueNamesOf, topologyOf, unrouted } from '@quadrille/messaging'
import type { Channel } from 'amqplib'
import { type OpenChannel, onConnection } from './broker-channel.ts'

export interface QueueDepth {
  /** Those that a consumer holds are not among them. */
  readonly messages: number
  readonly consumers: number
}

export interface NoAnswer {
  /** Why it isn't known how the queue stands. */
  readonly noAnswer: string
}

/** What the broker says of its queues, by their names. */
export type Queues = ReadonlyMap<string, QueueDepth | NoAnswer>

/** How often a queue of which the broker says 0 and 0 is looked at. */
const looksAtNothing = 4

/** How long before it is looked at again, ms: longer than the 250 that the broker waits for the leader of a queue. */
const lookAgainAfterMs = 300

const topologies = Object.values(choreography).map((model) => topologyOf(model, choreography))
/** They exist only if the configuration of their service names them, or did so once and messages still wait there. */
const optional: readonly string[] = topologies.flatMap(optionalQueuesOf)
const required: readonly string[] = [...topologies.flatMap(queueNamesOf), unrouted].filter(
  (name) => !optional.includes(name),
)

/**
 * The depth of every queue of the choreography: inboxes, work, retry and dead letter queues, and `unrouted`. Queues of channels that
 * aren't configured are left out, unless they are left from before. RabbitMQ says 0
 * messages and 0 consumers of a queue that has no leader now, or whose leader is slow (rabbit_quorum_queue:stat/2). So what
 * looks like that is looked at again, and is no answer where the service consumes others of its queues. Of a service that
 * consumes none, as it is stopped, and of queues that nobody consumes, four times nothing is believed.
 * `withinMs` bounds how long that takes; 60 s are far more than all queues take that have slow leaders.
 * @throws where the broker can't be reached or doesn't answer, or a queue doesn't exist that its service declares in any case: that has never been connected to it.
 */
export const queueDepths = (amqpUrl: string, withinMs = 60_000): Promise<Queues> =>
  onConnection({ amqpUrl, withinMs }, async (openChannel) => {
    const channel = await openChannel()
    const depths = new Map<string, QueueDepth>()
    let names = [...required, ...(await existingOf(openChannel, optional))]
    for (let looks = 1; names.length > 0 && looks <= looksAtNothing; looks += 1) {
      if (looks > 1) await pause(lookAgainAfterMs)
      for (const name of names) depths.set(name, await depthOf(channel, name))
      names = names.filter((name) => saysNothing(depths.get(name)))
    }
    return new Map<string, QueueDepth | NoAnswer>([...depths, ...unanswered(depths)])
  })

const existingOf = async (openChannel: OpenChannel, names: readonly string[]): Promise<string[]> => {
  const existing: string[] = []
  for (const name of names) if (await exists(await openChannel(), name)) existing.push(name)
  return existing
}

/** On a channel of its own, which is closed afterwards in either case. */
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

const saysNothing = (depth: QueueDepth | undefined): boolean => depth?.messages === 0 && depth.consumers === 0

/** A service consumes its inbox, its work queues and its dead letters, or nothing. */
const unanswered = (depths: ReadonlyMap<string, QueueDepth>): [string, NoAnswer][] =>
  topologies.flatMap(({ service, queues, dead }) => {
    const consumed = [...queues.map(({ name }) => name), dead]
    if (!consumed.some((name) => (depths.get(name)?.consumers ?? 0) > 0)) return []
    const noAnswer = `0 messages and 0 consumers, but ${service} consumes its other queues`
    return consumed
      .filter((name) => saysNothing(depths.get(name)))
      .map((name): [string, NoAnswer] => [name, { noAnswer }])
  })

/** What is known if the broker can't be asked. */
export const noAnswers = (noAnswer: string): Queues => new Map(required.map((name) => [name, { noAnswer }]))

/** Whether it is known that nothing lies there. */
export const isEmptyQueue = (answer: QueueDepth | NoAnswer): boolean => 'messages' in answer && answer.messages === 0

/** Nobody consumes it: the broker itself moves its messages on when their time has come. */
export const isRetryQueue = (name: string): boolean => name.includes('.retry.')

/** Whether messages wait in a queue, or may do so, that will still reach a service: not those that were given up. */
export const isBacklog = ([name, answer]: readonly [string, QueueDepth | NoAnswer]): boolean =>
  !isEmptyQueue(answer) && name !== unrouted && !name.endsWith('.dead')
