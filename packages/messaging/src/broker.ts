/**
 * The broker as the services see it: a small port with two adapters, RabbitMQ and the in-process broker.
 * Both give at-least-once delivery, and the conformance suite holds both to it.
 */

import type { RetryStore } from './retry-store.ts'
import type { ServiceTopology } from './topology.ts'

/** Where a message is published to. A fanout exchange ignores the routing key. */
export interface Address {
  readonly exchange: string
  readonly routingKey: string
}

/** A message on the wire: the body is what counts, the rest repeats it for brokers and tools. */
export interface WireMessage {
  readonly id: string
  readonly type: string
  readonly correlationId: string
  /** The service that sent it. */
  readonly appId: string
  readonly contentType: string
  readonly timestamp: Date
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A message on its way to one consumer. It is settled exactly once, by `ack` or by `retry`;
 * one that is never settled is delivered again, to this consumer or to another.
 */
export interface Delivery {
  readonly message: WireMessage
  /** How often handling this message has failed before, on this queue. Redeliveries don't count. */
  readonly attempts: number
  /** True if the broker may have delivered it before. */
  readonly redelivered: boolean
  /** The message is done. Call it after the commit, never before. */
  ack(): void
  /**
   * Handling this message failed: it comes back to this queue, and to no other, after about `delayMs`.
   * The copy is durable before the original is given up; where that fails, the original is redelivered.
   */
  retry(failure: Failure): void
}

export interface Failure {
  readonly error: Error
  readonly delayMs: number
}

export interface Publisher {
  /**
   * Resolves when the broker has confirmed the message and routed it to at least one queue.
   * @throws {Unroutable} no queue is bound there: the caller keeps the message.
   * @throws {Unconfirmed} the outcome is not known: the caller sends it again, and consumers may see it twice.
   */
  publish(to: Address, message: WireMessage): Promise<void>
  /** Null while messages are taken; otherwise why not (disconnected, blocked, waiting for an inbox). Publishing then is refused. */
  waitingFor(): string | null
  /** The relay says once that all that waited in its outbox when it started has been published. */
  drained(): void
}

export interface Consumer {
  /** True once everything that waited in the queue when this consumer last became connected has been settled. */
  caughtUp(): boolean
  /** Stops deliveries. What was delivered may still be settled until the participant leaves. */
  stop(): Promise<void>
}

export interface ConsumeOptions {
  /** How many deliveries may be unsettled at a time. */
  readonly prefetch: number
}

export interface Broker {
  /**
   * Declares what the services own and opens the way to publish. Resolves at once; publishing starts when the broker is
   * reached and every essential consumer's inbox exists. Reconnects with backoff for as long as it takes.
   */
  join(service: ServiceTopology, retries: RetryStore): Participant
  /** Every participant leaves. */
  close(): Promise<void>
}

/** One instance of a service at the broker. */
export interface Participant {
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
