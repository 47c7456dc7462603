/** One queue's part of one participant's stores. Writes in batches, and retries while a store is unavailable. */
import { type Backoff, BatchWriter } from '@quadrille/async'
import type { Affected, Stores } from '../broker.ts'
import { type DeadLetter, deadLetterWriter, type RedactText } from '../dead-letter.ts'
import type { RetryStore, WaitingDelivery } from '../retry-store.ts'

export interface QueueStorageOptions {
  readonly queue: string
  readonly stores: Stores
  readonly backoff: Backoff
  readonly onError: (
    error: unknown,
    step: 'retry' | 'remove' | 'take' | 'park' | 'release',
    affected: Omit<Affected, 'service'>,
  ) => void
}

export class QueueStorage {
  readonly queue: string
  readonly retries: RetryStore
  readonly redactText: RedactText
  readonly #options: QueueStorageOptions
  readonly #additions: BatchWriter<WaitingDelivery>
  readonly #removals: BatchWriter<string>
  readonly #deadLetters: BatchWriter<DeadLetter>

  constructor(options: QueueStorageOptions) {
    const { queue, stores, backoff, onError } = options
    this.queue = queue
    this.retries = stores.retries
    this.redactText = stores.redactText
    this.#options = options
    this.#additions = new BatchWriter({
      write: (deliveries) => stores.retries.add(queue, deliveries),
      backoff,
      onError: (error, only) => onError(error, 'retry', { queue, message: only?.message }),
    })
    this.#removals = new BatchWriter({
      write: (keys) => stores.retries.remove(keys),
      backoff,
      onError: (error) => onError(error, 'remove', { queue }),
    })
    this.#deadLetters = deadLetterWriter(stores.deadLetters, {
      backoff,
      onError: (error, only) => onError(error, 'park', { queue, message: only?.message }),
    })
  }

  /** Durable when it resolves. @throws if the participant leaves before that. */
  add(delivery: WaitingDelivery): Promise<void> {
    return this.#additions.write(delivery)
  }

  /** @throws if the participant leaves before it is removed. It is then delivered again. */
  remove(key: string): Promise<void> {
    return this.#removals.write(key)
  }

  /** Durable when it resolves. @throws if the participant leaves before that. */
  park(deadLetter: DeadLetter): Promise<void> {
    return this.#deadLetters.write(deadLetter)
  }

  /** Called when the last instance has left. If it fails, the next start counts a crash for each entry that was taken. */
  async release(): Promise<void> {
    const { queue, onError } = this.#options
    await this.retries.release(queue).catch((error) => onError(error, 'release', { queue }))
  }

  /** Resolves when it no longer uses the stores. */
  async close(): Promise<void> {
    await Promise.all([this.#additions.close(), this.#removals.close(), this.#deadLetters.close()])
  }
}
