/** One consumer of one queue of the in-process broker. */

import type { Consumer, QueueDepth } from '../broker.ts'
import { deadLetter, maxErrorLength, redactAndTruncate } from '../dead-letter.ts'
import type { Delivery, ParkOptions, RetryOptions } from '../delivery.ts'
import { SettledOnce, type Settlement } from '../settled-once.ts'
import type { Entry } from './entry.ts'
import type { QueueStorage } from './queue-storage.ts'

/** The queue, as its consumers use it. */
export interface Source {
  /** The entry is done, or is stored as a dead letter. */
  settled(entry: Entry): void
  /** The entry is stored as a retry. If it came from the retry store, the retry has replaced it there. */
  replaced(entry: Entry): void
  /** An entry was stored as a retry that is due after this time, ms. */
  dueIn(ms: number): void
  /** There is room for deliveries again. */
  ready(): void
  stopped(consumer: InProcessConsumer): Promise<void>
  caughtUp(): boolean
  /** Null for a consumer that has left the queue. */
  depth(consumer: InProcessConsumer): Promise<QueueDepth | null>
}

export interface InProcessConsumerOptions {
  readonly source: Source
  readonly storage: QueueStorage
  readonly prefetch: number
  readonly handle: (delivery: Delivery) => void
}

/**
 * The limit of each prefetch. Unsettled messages of a consumer fill the window of their publisher's relay, and those of one consumer
 * must leave room for others. Further ones are stored, and so confirmed.
 */
const maxPrefetch = 1_000

export class InProcessConsumer implements Consumer, Settlement<Entry> {
  readonly #options: InProcessConsumerOptions
  readonly #unsettled = new Set<Entry>()

  constructor(options: InProcessConsumerOptions) {
    this.#options = options
  }

  hasRoom(): boolean {
    return this.#unsettled.size < Math.min(this.#options.prefetch, maxPrefetch)
  }

  /** Passes an entry to the handler. A handler that throws is a bug, and crashes the process. */
  deliver(entry: Entry): void {
    this.#unsettled.add(entry)
    this.#options.handle(new SettledOnce(entry, this))
  }

  isLost(entry: Entry): boolean {
    return !this.#unsettled.has(entry)
  }

  ack(entry: Entry): void {
    this.#ended(entry, 'settled')
  }

  retry(entry: Entry, options: RetryOptions): void {
    const { error, delayMs, failedAttempts = 1, firstFailedAt, failedAt = new Date() } = options
    const { message, exchange, attempts } = entry
    const { storage } = this.#options
    const stored = storage
      .add({
        message,
        exchange,
        attempts: attempts + failedAttempts,
        crashes: 0,
        firstFailedAt: entry.firstFailedAt ?? firstFailedAt ?? failedAt,
        delayMs,
        error: redactAndTruncate(error.message, maxErrorLength, storage.redactText),
      })
      .then(() => this.#options.source.dueIn(delayMs))
    this.#endedBy(stored, entry, 'replaced')
  }

  park(entry: Entry, options: ParkOptions): void {
    const { storage } = this.#options
    const parked = deadLetter({ ...entry, queue: storage.queue }, options, storage.redactText)
    this.#endedBy(storage.park(parked), entry, 'settled')
  }

  /**
   * The entry counts against the prefetch until it is stored. If this participant leaves before that, it is taken
   * over.
   */
  #endedBy(stored: Promise<void>, entry: Entry, how: 'settled' | 'replaced'): void {
    stored.then(
      () => this.#ended(entry, how),
      () => undefined,
    )
  }

  #ended(entry: Entry, how: 'settled' | 'replaced'): void {
    if (!this.#unsettled.delete(entry)) return // it was taken over meanwhile
    this.#options.source[how](entry)
    this.#options.source.ready()
  }

  caughtUp(): boolean {
    return this.#options.source.caughtUp()
  }

  depth(): Promise<QueueDepth | null> {
    return this.#options.source.depth(this)
  }

  stop(): Promise<void> {
    return this.#options.source.stopped(this)
  }

  unsettled(): Entry[] {
    return [...this.#unsettled]
  }

  /** Takes all unsettled entries from the consumer, in the order of delivery. */
  abandon(): Entry[] {
    const entries = this.unsettled()
    this.#unsettled.clear()
    return entries
  }
}
