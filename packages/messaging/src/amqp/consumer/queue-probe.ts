/**
 * Reads the depth of a queue on its own channel. RabbitMQ closes a channel that asks for a missing queue, and that must
 * not be a consumer's channel.
 */
import type { Channel, ChannelModel } from 'amqplib'
import type { QueueDepth } from '../../broker.ts'
import { isClosedBy, openChannel } from '../channel.ts'

/** The depth of the queue, `gone` for a missing queue, or null if there was no usable answer. */
export type ProbeResult = QueueDepth | 'gone' | null

export class QueueProbe {
  readonly #connection: ChannelModel
  readonly #queue: string
  #channel: Promise<Channel> | null = null

  constructor(connection: ChannelModel, queue: string) {
    this.#connection = connection
    this.#queue = queue
  }

  async probe(): Promise<ProbeResult> {
    try {
      this.#channel ??= openChannel(this.#connection)
      const { messageCount, consumerCount } = await (await this.#channel).checkQueue(this.#queue)
      return depthOf(messageCount, consumerCount)
    } catch (error) {
      this.#channel = null
      return isClosedBy('not-found', error) ? 'gone' : null // any other error ends the connection, which reports it
    }
  }
}

/**
 * Null for 0 messages and 0 consumers. RabbitMQ reports these for a quorum queue that has no leader, or whose leader
 * takes longer than 250 ms to answer (rabbit_quorum_queue:stat/2). While the caller consumes the queue, a correct answer
 * counts at least one consumer, unless the broker has forgotten it, which does no harm while the queue is empty. Before that, it is
 * the answer for an empty queue too.
 */
export const depthOf = (messages: number, consumers: number): QueueDepth | null =>
  messages > 0 || consumers > 0 ? { messages, consumers } : null
