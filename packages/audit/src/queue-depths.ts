/** How much lies in the queues of RabbitMQ. */
import { choreography } from '@quadrille/events'
import { queueNamesOf, topologyOf, unrouted } from '@quadrille/messaging'
import { connect } from 'amqplib'

export interface QueueDepth {
  /** Those that a consumer holds are not among them. */
  readonly messages: number
  readonly consumers: number
}

/**
 * The depth of every queue of the choreography: inboxes, work, retry and dead letter queues, and `unrouted`.
 * @throws where a queue doesn't exist: its service has never been connected to this broker.
 */
export const queueDepths = async (amqpUrl: string): Promise<Map<string, QueueDepth>> => {
  const connection = await connect(amqpUrl)
  connection.on('error', () => undefined) // the call that runs rejects with it
  try {
    const channel = await connection.createChannel()
    channel.on('error', () => undefined) // the call that caused it rejects
    const names = Object.values(choreography).flatMap((model) => queueNamesOf(topologyOf(model)))
    const depths = new Map<string, QueueDepth>()
    for (const name of [...names, unrouted]) {
      const { messageCount, consumerCount } = await channel.checkQueue(name)
      depths.set(name, { messages: messageCount, consumers: consumerCount })
    }
    return depths
  } finally {
    await connection.close()
  }
}

/** Nobody consumes it: the broker itself moves its messages on when their time has come. */
export const isRetryQueue = (name: string): boolean => name.includes('.retry.')

/** Whether messages wait that will still reach a service: not those that were given up. */
export const messagesWait = (depths: ReadonlyMap<string, QueueDepth>): boolean =>
  [...depths].some(([name, { messages }]) => messages > 0 && name !== unrouted && !name.endsWith('.dead'))
