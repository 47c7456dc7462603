/**
 * The broker port: a small interface with two adapters, RabbitMQ and the in-process broker. Both give at-least-once
 * delivery, and pass the same conformance suite.
 */

import type { Decoded } from '@quadrille/messages'
import type { DeadLetterStore, RedactText } from './dead-letter.ts'
import type { Delivery } from './delivery.ts'
import type { Address, WireMessage } from './message.ts'
import type { AnswerBatch, Asking } from './questions/port.ts'
import type { RetryStore } from './retry-store.ts'
import type { ServiceTopology } from './topology.ts'

/** The publisher's knowledge about a message, in addition to the wire message. */
export interface PublishOptions {
  /**
   * How often the process has crashed with this message in flight. Used only where the outbox is the queue. Default 0.
   */
  readonly crashes?: number
  /**
   * The exchange of the first delivery, for a replay to a queue of the publisher's own service. Its delivery reports
   * that exchange. Empty if it is unknown. Ignored for other addresses, because a service may not set the exchange of
   * another one.
   */
  readonly exchange?: string | undefined
  /** The message that the body contains, in its newest version, for consumers in the same process. */
  readonly decoded?: Decoded | undefined
}

export interface Publisher {
  /**
   * Resolves when the broker has confirmed the message and routed it to at least one queue. Always settles: a publisher to a broker
   * that stores messages gives up on a confirm after a limited time.
   * @throws {Unroutable} no queue is bound there: the caller keeps the message.
   * @throws {Unconfirmed} the outcome is unknown: the caller sends it again, and consumers may get it twice.
   * @throws {Unsendable} it can't be sent, and a retry won't help: the service has no such address, or AMQP can't
   * express it.
   */
  publish(to: Address, message: WireMessage, options?: PublishOptions): Promise<void>
  /**
   * Null while messages are accepted. Otherwise the reason (disconnected, blocked, waiting for an inbox); publishing is
   * then refused.
   */
  waitingFor(): string | null
  /** Null if the broker stores messages until they are handled. */
  readonly outboxAsQueue: OutboxAsQueue | null
}

/**
 * The publisher's outbox is the queue: a confirm means that each consumer has handled the message, or has stored it for
 * later. So a confirm takes as long as a handler does, and a message in flight may have caused a crash of the process.
 */
export interface OutboxAsQueue {
  /**
   * Called once when the relay has published all messages that waited in its outbox at the start. They need not be
   * confirmed yet.
   */
  drained(): void
}

/** The depth of a queue. */
export interface QueueDepth {
  /** Messages that wait for a consumer. Excludes unacknowledged messages, and retries that are not due yet. */
  readonly messages: number
  /** The number of consumers in all processes. */
  readonly consumers: number
}

export interface Consumer {
  /**
   * True once the messages that waited in the queue at the last connect of this consumer have been settled, and so have those that
   * lost connections had. False while the broker does not answer, and until the messages that waited then have been settled.
   */
  caughtUp(): boolean
  /**
   * The depth of its queue, at most a few seconds old. Null if it is unknown or the consumer is stopped.
   * @throws if the service's own store can't be read.
   */
  depth(): Promise<QueueDepth | null>
  /** Stops deliveries. Delivered messages may still be settled until the participant leaves. */
  stop(): Promise<void>
}

export interface ConsumeOptions {
  /** The maximum number of unsettled deliveries. */
  readonly prefetch: number
}

/** Resources of a service: tables in its own database, and a function that masks secrets. */
export interface Stores {
  /** The name of that database, which other databases do not have, also on other servers. */
  readonly database: string
  /** Not used by a broker with retry queues. */
  readonly retries: RetryStore
  readonly deadLetters: DeadLetterStore
  /** Masks the secrets in an error text, before the text is stored or sent as a header. */
  readonly redactText: RedactText
  /** Called for each message that a full queue of a non-essential service has dropped. Default: ignored. */
  readonly onDropped?: (dropped: QueuedAt) => void
}

/** A message, and its queue. */
export interface QueuedAt {
  readonly queue: string
  readonly message: WireMessage
}

/** The subject of a failed step of a broker. If several messages were stored together, it names the first of them. */
export interface Affected {
  readonly service: string
  readonly queue?: string | undefined
  readonly message?: WireMessage | undefined
}

export interface Broker {
  /**
   * Declares the objects of the service and opens the connections. Returns at once. Publishing starts when the broker
   * is reached and the inbox of every essential consumer exists. Reconnects with backoff, without a limit, unless the queues belong
   * to another database at the first connection (`OwnedByAnotherDatabase`): then only a restart helps.
   */
  join(service: ServiceTopology, stores: Stores): Participant
  /** Every participant leaves. */
  close(): Promise<void>
}

/** One instance of a service at the broker. */
export interface Participant {
  /** The broker's name in traces. */
  readonly system: string
  readonly publisher: Publisher
  /** Asks other services. */
  readonly questions: Asking
  consume(queue: string, handle: (delivery: Delivery) => void, options: ConsumeOptions): Consumer
  /**
   * Begins to answer the questions of its topology. May be called once. The error of a failed batch goes to the broker's
   * `onError`, as `reply`.
   */
  answer(answer: AnswerBatch): void
  /** Null while connected. Otherwise the reason. */
  disconnected(): string | null
  /** True if it was refused finally (`OwnedByAnotherDatabase`): it stays disconnected until a restart. */
  isRefused(): boolean
  /**
   * Why the broker accepts no messages, although this instance is connected. It may accept none from other services either. Null
   * otherwise. RabbitMQ reports it to an instance that publishes, so one that publishes nothing does not know it.
   */
  blocked(): string | null
  /**
   * The time since it was connected again after more than 5 s without it, or missed heartbeats, or since the broker accepts messages
   * again, ms. Infinity if that never happened.
   */
  restoredForMs(): number
  /**
   * Closes this instance's connections, like a crash: its deliveries become invalid, unsettled messages are redelivered
   * to others, and messages in flight are unconfirmed. Stop the consumers first and settle their deliveries.
   */
  leave(): Promise<void>
}

export class Unroutable extends Error {
  override readonly name = 'Unroutable'
}

export class Unconfirmed extends Error {
  override readonly name = 'Unconfirmed'
}

export class Unsendable extends Error {
  override readonly name = 'Unsendable'
}

/** Instances with another database are connected, so this one may not use the queues of the service. */
export class OwnedByAnotherDatabase extends Error {
  override readonly name = 'OwnedByAnotherDatabase'
  /** True if only a restart of this instance helps. False if it had the queues before, and gets them back. */
  readonly isFinal: boolean

  constructor(message: string, { isFinal, ...options }: ErrorOptions & { readonly isFinal: boolean }) {
    super(message, options)
    this.isFinal = isFinal
  }
}
