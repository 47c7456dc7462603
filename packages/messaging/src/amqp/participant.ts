/** One instance of a service at RabbitMQ, with a connection to publish and another to consume: a blocked one blocks no other. */
import type { ChannelModel, ConsumeMessage } from 'amqplib'
import type { ConsumeOptions, Delivery, Failure, Participant } from '../broker.ts'
import type { ServiceTopology } from '../topology.ts'
import { AmqpConsumer } from './consumer.ts'
import { declareTopology } from './declare.ts'
import { type Fail, Link, type LinkOptions } from './link.ts'
import { AmqpPublisher } from './publisher.ts'
import { sendRetryCopy } from './retry-copy.ts'

export interface AmqpParticipantOptions extends Pick<LinkOptions, 'url' | 'connectTimeoutMs' | 'backoff'> {
  readonly connectionDeathMs: number
  readonly onError: (error: unknown, step: 'connect' | 'retry') => void
}

/** The longest wait before the next look for an inbox that isn't there yet, ms. */
const inboxCheckMaxMs = 1_000

type Attach = (consumer: AmqpConsumer) => Promise<void>

export class AmqpParticipant implements Participant {
  readonly publisher: AmqpPublisher
  readonly #topology: ServiceTopology
  readonly #options: AmqpParticipantOptions
  readonly #publishing: Link
  readonly #consuming: Link
  readonly #consumers: AmqpConsumer[] = []
  #declared: Promise<unknown> = Promise.resolve()
  /** Opens a consumer on the present connection. */
  #attach: Attach = async () => undefined

  constructor(topology: ServiceTopology, options: AmqpParticipantOptions) {
    this.#topology = topology
    this.#options = options
    const backoff = { ...options.backoff, maxMs: inboxCheckMaxMs }
    this.publisher = new AmqpPublisher({ topology, backoff, down: () => this.#publishing.down() })
    this.#publishing = this.#link('publishing', (connection, fail) => this.publisher.open(connection, fail))
    this.#consuming = this.#link('consuming', (connection, fail) => this.#consumeOn(connection, fail))
  }

  consume(queue: string, handle: (delivery: Delivery) => void, { prefetch }: ConsumeOptions): AmqpConsumer {
    const { service, direct, queues } = this.#topology
    if (!queues.some(({ name }) => name === queue))
      throw new Error(`${service} can't consume ${queue}: it has no such queue.`)
    const { backoff, connectionDeathMs, onError } = this.#options
    const copying = {
      publisher: this.publisher,
      direct,
      queue,
      backoff,
      onError: (error: unknown) => onError(error, 'retry'),
    }
    const consumer = new AmqpConsumer({
      queue,
      handle,
      prefetch,
      connectionDeathMs,
      sendRetryCopy: (delivered: ConsumeMessage, failure: Failure, signal: AbortSignal) =>
        sendRetryCopy(copying, { delivered, failure }, signal),
    })
    this.#consumers.push(consumer)
    void this.#attach(consumer)
    return consumer
  }

  disconnected(): string | null {
    return this.#consuming.down() ?? this.#publishing.down()
  }

  async leave(): Promise<void> {
    await Promise.resolve() // what was acknowledged in this turn of the event loop is written
    await Promise.all([
      this.#consuming.close(() => Promise.all(this.#consumers.map((consumer) => consumer.close()))),
      this.#publishing.close(),
    ])
  }

  #link(purpose: string, open: (connection: ChannelModel, fail: Fail) => Promise<void>): Link {
    const { onError, ...options } = this.#options
    const link = new Link({
      ...options,
      name: `${this.#topology.service} ${purpose}`,
      prepare: async (connection, fail) => {
        await this.#declare(connection)
        await open(connection, fail)
      },
      onError: (error) => onError(error, 'connect'),
    })
    link.start()
    return link
  }

  /**
   * Every connection declares the topology first: the broker behind it may be another, empty one. One after the other, since
   * RabbitMQ tells the second that a queue exists while it is still being made for the first. A connection that ends has its
   * turn behind it, whatever of it was never answered.
   */
  #declare(connection: ChannelModel): Promise<void> {
    const { promise: gone, resolve: end } = Promise.withResolvers<void>()
    connection.once('close', () => end())
    const declared = this.#declared.then(() => Promise.race([declareTopology(connection, this.#topology), gone]))
    this.#declared = declared.catch(() => undefined) // its own connection is told
    return declared
  }

  async #consumeOn(connection: ChannelModel, fail: Fail): Promise<void> {
    this.#attach = (consumer) => consumer.open(connection, fail).catch(fail)
    await Promise.all(this.#consumers.map((consumer) => consumer.open(connection, fail)))
  }
}
