/**
 * The broker as the services see it: a small port with two adapters, RabbitMQ and the in-process broker.
 * Both give at-least-once delivery, and the conformance suite holds both to it.
 */

import type { DeadLetterStore, RedactText } from './dead-letter.ts'
import type { Delivery } from './delivery.ts'
import type { Address, WireMessage } from './message.ts'
import type { RetryStore } from './retry-store.ts'
import type { ServiceTopology } from './topology.ts'

/** What a message has behind it that is not published for the first time. */
export interface Past {
  /**
   * How often the process has died with this message on its way. Only a publisher that `confirmsHandling` passes it on.
   * Default 0.
   */
  readonly deaths?: number
  /**
   * The exchange by which it first came, for a replay to a queue of the publisher's own service: its delivery tells of that
   * one. Empty where it is not known. Ignored elsewhere, as nobody may speak for the exchange of another.
   */
  readonly exchange?: string | undefined
}

export interface Publisher {
  /**
   * True where a confirm means that each consumer has handled the message, or has stored it for later: then the publisher's
   * outbox is the queue, and what was on its way when the process died may be what it died of.
   */
  readonly confirmsHandling: boolean
  /**
   * Resolves when the broker has confirmed the message and routed it to at least one queue.
   * @throws {Unroutable} no queue is bound there: the caller keeps the message.
   * @throws {Unconfirmed} the outcome is not known: the caller sends it again, and consumers may see it twice.
   * @throws {Unsendable} it can't be sent, and trying again won't help: the service has no such address, or AMQP can't express it.
   */
  publish(to: Address, message: WireMessage, past?: Past): Promise<void>
  /** Null while messages are taken; otherwise why not (disconnected, blocked, waiting for an inbox). Publishing then is refused. */
  waitingFor(): string | null
  /** The relay says once that it has published all that waited in its outbox when it started. It needn't be confirmed by then. */
  drained(): void
}

/** How a queue stands. */
export interface QueueDepth {
  /** What waits until a consumer has room: neither what one holds, nor what is to be retried and not due yet. */
  readonly messages: number
  /** How many consume the queue, in all processes. */
  readonly consumers: number
}

export interface Consumer {
  /** True once everything that waited in the queue when this consumer last became connected has been settled. */
  caughtUp(): boolean
  /**
   * How its queue stood in the last seconds; null while that is not known, or while it doesn't consume.
   * @throws where the service's own store can't be asked for what waits there.
   */
  depth(): Promise<QueueDepth | null>
  /** Stops deliveries. What was delivered may still be settled until the participant leaves. */
  stop(): Promise<void>
}

export interface ConsumeOptions {
  /** How many deliveries may be unsettled at a time. */
  readonly prefetch: number
}

/** What a service provides: tables in its own database, and a function that masks secrets. */
export interface Stores {
  /** Not used by a broker that has queues for retries. */
  readonly retries: RetryStore
  readonly deadLetters: DeadLetterStore
  /** Masks the secrets in the text of an error, before the text is stored or sent as a header. */
  readonly redactText: RedactText
}

export interface Broker {
  /**
   * Declares what the services own and opens the way to publish. Resolves at once; publishing starts when the broker is
   * reached and every essential consumer's inbox exists. Reconnects with backoff for as long as it takes.
   */
  join(service: ServiceTopology, stores: Stores): Participant
  /** Every participant leaves. */
  close(): Promise<void>
}

/** One instance of a service at the broker. */
export interface Participant {
  /** Which broker it is, by the name that traces call it. */
  readonly system: string
  readonly publisher: Publisher
  consume(queue: string, handle: (delivery: Delivery) => void, options: ConsumeOptions): Consumer
  /** Null while connected; otherwise why not. */
  disconnected(): string | null
  /**
   * Ends this instance's connections, as if its process had died: its deliveries are void, what is unsettled is delivered
   * again to others, and what it was publishing is unconfirmed. Stop the consumers first and settle what they hold.
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

/** A work queue that is not configured any more, and holds messages or is still in use. Nothing in it is lost. */
export class RetiredQueueKept extends Error {
  override readonly name = 'RetiredQueueKept'

  constructor(queue: string, reason: string) {
    super(`${queue} is not configured any more, and is kept: ${reason}`)
  }
}
