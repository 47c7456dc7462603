/**
 * Looks at a queue for one that consumes it, on a channel of its own: RabbitMQ closes the channel of who asks for a queue that
 * is gone, and no consumer should come to harm by that.
 */
import type { Channel, ChannelModel } from 'amqplib'
import type { QueueDepth } from '../../broker.ts'
import { isNotFound } from '../topology/not-found.ts'

/** What there is to see: how the queue stands, that there is none of that name, or nothing (null). */
export type Sight = QueueDepth | 'gone' | null

export class Lookout {
  readonly #connection: ChannelModel
  readonly #queue: string
  #channel: Promise<Channel> | null = null

  constructor(connection: ChannelModel, queue: string) {
    this.#connection = connection
    this.#queue = queue
  }

  async look(): Promise<Sight> {
    try {
      this.#channel ??= this.#open()
      const { messageCount, consumerCount } = await (await this.#channel).checkQueue(this.#queue)
      return asAnswer(messageCount, consumerCount)
    } catch (error) {
      this.#channel = null
      return isNotFound(error) ? 'gone' : null // the rest is the end of the connection, which tells of it by itself
    }
  }

  async #open(): Promise<Channel> {
    const channel = await this.#connection.createChannel()
    channel.on('error', () => undefined) // the look rejects with it
    return channel
  }
}

/**
 * RabbitMQ says 0 and 0 of a quorum queue that has no leader now, or whose leader takes longer than 250 ms to answer
 * (rabbit_quorum_queue:stat/2). Who looks does consume the queue, so there is at least one consumer in a true answer; unless it
 * was forgotten, which is of no consequence while nothing waits.
 */
export const asAnswer = (messages: number, consumers: number): QueueDepth | null =>
  messages > 0 || consumers > 0 ? { messages, consumers } : null
