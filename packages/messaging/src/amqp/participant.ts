/**
 * One instance of a service at RabbitMQ. It has one connection to publish and one to consume, so that a blocked
 * publisher does not block consumers.
 */
import { limitConcurrency, within } from '@quadrille/async'
import type { ChannelModel } from 'amqplib'
import type { ConsumeOptions, Participant, QueuedAt, Stores } from '../broker.ts'
import type { Delivery, QueuedMessage } from '../delivery.ts'
import type { AnswerBatch } from '../questions/port.ts'
import { SettledOnce, type Settlement } from '../settled-once.ts'
import type { ServiceTopology } from '../topology.ts'
import { AmqpConsumer, type AmqpConsumerOptions } from './consumer/consumer.ts'
import type { Settling } from './consumer/queue-channel.ts'
import { createBrokerDeadLetterHandler } from './delivery-limit/broker-dead-letters.ts'
import { crashesOf, historyOf } from './headers.ts'
import { AmqpPublisher } from './publisher/publisher.ts'
import { AmqpAsker } from './questions/asker.ts'
import { answerQuestions } from './questions/responder.ts'
import { closeTimeoutMs, type Fail, inTime, ReconnectingConnection, type ReconnectingOptions } from './reconnecting.ts'
import { createRepublisher, type Original, type Republisher } from './retries/republisher.ts'
import { declareTopology } from './topology/declare.ts'
import { type Claim, createClaim } from './topology/owner.ts'
import { fromDelivery } from './wire.ts'

export interface AmqpParticipantOptions
  extends Pick<ReconnectingOptions, 'url' | 'backoff' | 'attempts' | 'onConnected'> {
  readonly stores: Stores
  readonly lossDetectionMs: number
  /** How long a leaving instance waits for the confirms of retries, ms. */
  readonly copyTimeoutMs: number
  /** How long a new connection may take to declare the topology, and then to open its channels, ms. Default 30,000. */
  readonly stepTimeoutMs?: number
  /** Called when it has left. */
  readonly left: (participant: AmqpParticipant) => void
  readonly onError: (
    error: unknown,
    step: 'connect' | 'connection' | 'declare' | 'retry' | 'park' | 'ask' | 'answer' | 'reply',
    message?: QueuedAt,
  ) => void
}

/** The longest pause before the next check for a missing inbox, ms. */
const inboxCheckMaxMs = 1_000

/**
 * The prefetch of the dead-letter queue. A message that breaks the connection of its consumer also counts as a delivery for the
 * others that were delivered with it. They would go to `unrouted` together. In return, a message
 * that can't be stored, or sent back to its queue, delays the others.
 */
const brokerDeadLetterPrefetch = 1

type Attach = (consumer: AmqpConsumer) => Promise<void>

export class AmqpParticipant implements Participant {
  readonly system = 'rabbitmq'
  readonly publisher: AmqpPublisher
  readonly questions: AmqpAsker
  readonly #topology: ServiceTopology
  readonly #options: AmqpParticipantOptions
  readonly #publishing: ReconnectingConnection
  readonly #consuming: ReconnectingConnection
  readonly #republisher: Republisher
  readonly #claim: Claim
  readonly #consumers: AmqpConsumer[] = []
  readonly #inTurn = limitConcurrency(1)
  /** Answers questions on a connection. */
  #answerOn: ((connection: ChannelModel) => Promise<void>) | null = null
  #publishingConnection: ChannelModel | null = null
  /** Opens a consumer on the current connection. */
  #attach: Attach = async () => undefined
  #left: Promise<void> | null = null

  constructor(topology: ServiceTopology, options: AmqpParticipantOptions) {
    this.#topology = topology
    this.#options = options
    this.#claim = createClaim({ service: topology.service, database: options.stores.database })
    const backoff = { ...options.backoff, maxMs: inboxCheckMaxMs }
    this.publisher = new AmqpPublisher({ topology, backoff, down: () => this.#publishing.down() })
    this.questions = new AmqpAsker({
      topology,
      backoff: options.backoff,
      unavailable: () => this.publisher.unavailable(),
      onError: (error) => options.onError(error, 'ask'),
    })
    this.#republisher = createRepublisher({
      publisher: this.publisher,
      stores: options.stores,
      direct: topology.direct,
      backoff: options.backoff,
      copyTimeoutMs: options.copyTimeoutMs,
      onError: options.onError,
    })
    const { onDropped = () => undefined } = options.stores
    const handle = createBrokerDeadLetterHandler({ topology, republisher: this.#republisher, onDropped })
    this.#add({ queue: topology.deadLetterQueue, prefetch: brokerDeadLetterPrefetch, handle })
    this.#publishing = this.#connect('publishing', (connection, fail) => this.#publishOn(connection, fail))
    this.#consuming = this.#connect('consuming', (connection, fail) => this.#consumeOn(connection, fail))
  }

  consume(queue: string, handle: (delivery: Delivery) => void, { prefetch }: ConsumeOptions): AmqpConsumer {
    const { service, queues, direct } = this.#topology
    if (!queues.some(({ name }) => name === queue))
      throw new Error(`${service} can't consume ${queue}: it has no such queue.`)
    const settlement = settlementWith(this.#republisher)
    return this.#add({
      queue,
      prefetch,
      handle: (delivered, settling) => {
        const history = historyOf(delivered, { direct, via: delivered.fields.exchange })
        const { exchange, attempts, firstFailedAt } = history
        const message = fromDelivery(delivered)
        const crashes = crashesOf(delivered, history)
        const held = { queue, delivered, history, settling, message, exchange, attempts, firstFailedAt, crashes }
        handle(new SettledOnce(held, settlement))
      },
    })
  }

  answer(answer: AnswerBatch): void {
    const { service, answering } = this.#topology
    if (!answering) throw new Error(`${service} can't answer: its model lists no questions under answers.`)
    const { backoff, onError: report } = this.#options
    const onError = (error: unknown) => report(error, 'answer')
    const onAnswerError = (error: unknown) => report(error, 'reply')
    const options = { service, topology: answering, answer, backoff, onError, onAnswerError }
    this.#answerOn = (connection) => answerQuestions(connection, options)
    if (this.#publishingConnection) void this.#answerOn(this.#publishingConnection)
  }

  disconnected(): string | null {
    return this.#consuming.down() ?? this.#publishing.down()
  }

  isRefused(): boolean {
    return this.#consuming.isRefused() || this.#publishing.isRefused()
  }

  blocked(): string | null {
    return this.publisher.blocked()
  }

  restoredForMs(): number {
    return Math.min(this.#consuming.restoredForMs(), this.publisher.unblockedForMs())
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave()
    return this.#left
  }

  /**
   * Takes a few seconds at most, even if neither the broker nor the store answers. Storing a dead letter may go on after that: its
   * message is redelivered then, and may be stored again.
   */
  async #leave(): Promise<void> {
    const stored = this.#republisher.close()
    const settle = async () => {
      await stored
      // Messages that are stored, or were settled in this turn of the event loop, are acknowledged first.
      await new Promise(setImmediate)
      await Promise.all(this.#consumers.map((consumer) => consumer.close()))
    }
    const timeoutMs = Math.max(closeTimeoutMs, this.#options.copyTimeoutMs)
    const closing = [this.#consuming.close(settle, timeoutMs), this.#publishing.close(() => stored, timeoutMs)]
    await Promise.all([within(timeoutMs, stored), ...closing])
    this.#options.left(this)
  }

  #add(options: Omit<AmqpConsumerOptions, 'lossDetectionMs'>): AmqpConsumer {
    const consumer = new AmqpConsumer({ ...options, lossDetectionMs: this.#options.lossDetectionMs })
    this.#consumers.push(consumer)
    void this.#attach(consumer)
    return consumer
  }

  #connect(purpose: string, open: (connection: ChannelModel, fail: Fail) => Promise<void>): ReconnectingConnection {
    const { onError, ...options } = this.#options
    const reconnecting = new ReconnectingConnection({
      ...options,
      name: `${this.#topology.service} ${purpose}`,
      prepare: async (connection, fail) => {
        await this.#declare(connection, fail)
        await this.#inTime(open(connection, fail), fail)
      },
      onError,
    })
    reconnecting.start()
    return reconnecting
  }

  /**
   * Every connection first claims the queues and declares the topology, because it may lead to another, empty broker.
   * Declarations run one after the other: while RabbitMQ creates a queue for one connection, it reports the queue as existing
   * to another. The turn of a connection also ends if the connection closes without an answer. Its time is limited from the
   * beginning of the turn, so that a slow network does not end the connection that waits.
   * @throws if the connection closes before the end of its turn, so that nothing is opened on it.
   */
  #declare(connection: ChannelModel, fail: Fail): Promise<void> {
    const { promise: gone, reject } = Promise.withResolvers<never>()
    gone.catch(() => undefined) // the connection may close before or after its turn
    connection.once('close', () => reject(new Error('the connection has closed')))
    const declare = async () => {
      await this.#claim(connection, fail)
      await declareTopology(connection, this.#topology, (error) => this.#options.onError(error, 'declare'))
    }
    return this.#inTurn(() => this.#inTime(Promise.race([declare(), gone]), fail))
  }

  async #inTime(step: Promise<unknown>, fail: Fail): Promise<void> {
    await inTime(step, this.#options.stepTimeoutMs ?? 30_000, fail)
  }

  /** Questions and answers have channels of their own, so that their failures do not delay events. */
  async #publishOn(connection: ChannelModel, fail: Fail): Promise<void> {
    await this.publisher.open(connection, fail)
    this.#publishingConnection = connection
    void this.questions.run(connection)
    void this.#answerOn?.(connection)
  }

  async #consumeOn(connection: ChannelModel, fail: Fail): Promise<void> {
    this.#attach = async (consumer) => {
      await this.#inTime(consumer.open(connection, fail), fail).catch(fail)
    }
    await Promise.all(this.#consumers.map((consumer) => consumer.open(connection, fail)))
  }
}

/** An original that a consumer holds, with its settlement on the channel. */
interface Held extends Original, QueuedMessage {
  readonly settling: Settling
}

const settlementWith = ({ toRetryQueue, toDeadLetters }: Republisher): Settlement<Held> => ({
  isLost: ({ settling }) => settling.isLost(),
  ack: ({ settling }) => settling.ack(),
  retry: (held, options) => held.settling.ackWhenSafe((signal) => toRetryQueue(held, options, signal)),
  park: (held, options) => held.settling.ackWhenSafe((signal) => toDeadLetters(held, options, signal)),
})
