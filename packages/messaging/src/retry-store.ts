/**
 * The retry store holds waiting deliveries for the in-process broker: failed ones until they are due, and those that do
 * not fit into a buffer. It is a table in the consumer's database, so its content survives the process. With RabbitMQ,
 * retry queues do this.
 */
import type { QueuedMessage } from './delivery.ts'

/** A waiting delivery: it has failed, or did not fit into the buffer. */
export interface WaitingDelivery extends QueuedMessage {
  readonly delayMs: number
  /** The last error. Null for one that has not failed. */
  readonly error: string | null
}

/**
 * A waiting delivery that was taken. Other consumers can't take it before `leaseMs` is over, or at all once it is
 * removed.
 */
export interface TakenDelivery extends QueuedMessage {
  readonly key: string
}

export interface RetryStore {
  /**
   * Durable when it resolves. Each queue holds a message once. A delivery replaces the stored one in one step, under a new key. If a
   * consumer holds the earlier one, the message is delivered again. A delivery with fewer attempts is not stored. Messages are the
   * same if id, exchange and body are the same.
   */
  add(queue: string, deliveries: readonly WaitingDelivery[]): Promise<void>
  /**
   * Takes up to `limit` due ones, the longest due first, and leases them for `leaseMs`. Returns them in the order of
   * their addition.
   */
  take(queue: string, limit: number, leaseMs: number): Promise<TakenDelivery[]>
  remove(keys: readonly string[]): Promise<void>
  /** The number of due entries that are not taken; counted up to `limit`. */
  countDue(queue: string, limit: number): Promise<number>
  /** The time until the next entry is due or its lease expires, ms; 0 if one is due. Null without entries. */
  nextDueMs(queue: string): Promise<number | null>
  /**
   * Called when the process stops, and takes no more entries. Makes the taken ones due at once, for the next process,
   * which counts no crash for them.
   */
  release(queue: string): Promise<void>
  /**
   * Called when the process has just started. Taken entries belonged to a process that has crashed. Increments their
   * number of crashes, and makes them due at once. Resolves when that is durable.
   */
  countCrashes(queue: string): Promise<void>
}
