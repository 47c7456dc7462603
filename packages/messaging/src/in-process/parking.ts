/** One queue's part of one participant's retry store: written in batches, and again and again while the store is away. */
import type { Backoff } from '../backoff.ts'
import type { RetryStore, TakenDelivery, WaitingDelivery } from '../retry-store.ts'
import { Batches } from './batches.ts'

export interface ParkingOptions {
  readonly queue: string
  readonly store: RetryStore
  readonly backoff: Backoff
  /** How long a taken delivery belongs to this process, ms. */
  readonly leaseMs: number
  readonly onError: (error: unknown, step: 'park' | 'remove' | 'take') => void
}

export class Parking {
  readonly #options: ParkingOptions
  readonly #added: Batches<WaitingDelivery>
  readonly #removed: Batches<string>

  constructor(options: ParkingOptions) {
    const { queue, store, backoff, onError } = options
    this.#options = options
    this.#added = new Batches({
      write: (deliveries) => store.add(queue, deliveries),
      backoff,
      onError: (error) => onError(error, 'park'),
    })
    this.#removed = new Batches({
      write: (keys) => store.remove(queue, keys),
      backoff,
      onError: (error) => onError(error, 'remove'),
    })
  }

  /** Durable when it resolves. @throws when the participant leaves before that. */
  add(delivery: WaitingDelivery): Promise<void> {
    return this.#added.add(delivery)
  }

  /** @throws when the participant leaves before it is removed: it will be delivered again. */
  remove(key: string): Promise<void> {
    return this.#removed.add(key)
  }

  take(limit: number): Promise<TakenDelivery[]> {
    const { queue, store, leaseMs } = this.#options
    return store.take(queue, limit, leaseMs)
  }

  /** Resolves when it no longer uses the store. */
  async close(): Promise<void> {
    await Promise.all([this.#added.close(), this.#removed.close()])
  }
}
