/**
 * Where the in-process broker keeps deliveries that wait: failed ones until they are due, and those that overflow a full
 * buffer. It is a table in the consumer's database, so that what it holds survives the process. RabbitMQ has queues for this.
 */
import type { WireMessage } from './message.ts'

/** A delivery that waits: it has failed, or merely found the buffer full. */
export interface WaitingDelivery {
  readonly message: WireMessage
  /** See Delivery. */
  readonly exchange: string
  readonly attempts: number
  /** See Delivery. */
  readonly deaths: number
  /** Null for one that has not failed. */
  readonly firstFailedAt: Date | null
  readonly delayMs: number
  /** The last failure, or null for one that has not failed. */
  readonly error: string | null
}

/** A waiting delivery that was taken: others don't get it until `leaseMs` is over, or for good once it is removed. */
export interface TakenDelivery extends Omit<WaitingDelivery, 'delayMs' | 'error'> {
  readonly key: string
}

export interface RetryStore {
  /** Durable when it resolves. */
  add(queue: string, deliveries: readonly WaitingDelivery[]): Promise<void>
  /** Up to `limit` due ones, oldest due first, leased for `leaseMs`. */
  take(queue: string, limit: number, leaseMs: number): Promise<TakenDelivery[]>
  remove(queue: string, keys: readonly string[]): Promise<void>
  /** How many are due and not taken; counted up to `limit`. */
  countDue(queue: string, limit: number): Promise<number>
  /**
   * The process has just begun: what is taken was taken by one that died. Each of these counts one more death, and is due at
   * once. So does what one that was stopped had not done yet. Resolves when that is durable.
   */
  countDeaths(queue: string): Promise<void>
}
