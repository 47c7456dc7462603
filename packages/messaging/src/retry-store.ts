/**
 * Where the in-process broker keeps deliveries that wait: failed ones until they are due, and those that overflow a full
 * buffer. It is a table in the consumer's database, so that what it holds survives the process. RabbitMQ has queues for this.
 */
import type { WireMessage } from './broker.ts'

export interface WaitingDelivery {
  readonly message: WireMessage
  readonly attempts: number
  readonly delayMs: number
  /** The last failure, or null for one that merely found the buffer full. */
  readonly error: string | null
}

/** A waiting delivery that was taken: others don't get it until `leaseMs` is over, or for good once it is removed. */
export interface TakenDelivery {
  readonly key: string
  readonly message: WireMessage
  readonly attempts: number
}

export interface RetryStore {
  /** Durable when it resolves. */
  add(queue: string, deliveries: readonly WaitingDelivery[]): Promise<void>
  /** Up to `limit` due ones, oldest due first, leased for `leaseMs`. */
  take(queue: string, limit: number, leaseMs: number): Promise<TakenDelivery[]>
  remove(queue: string, keys: readonly string[]): Promise<void>
}
