/**
 * Detects when a queue's consumers have handled the messages that waited when the services started. In this broker they
 * wait in the publishers' outboxes and in the retry store. So first every publisher must have published its outbox.
 * Then a later poll of the store must have found all due entries. Then the entries in memory must be settled.
 */
import type { Entry } from './entry.ts'

/**
 * The time limit for entries in memory, ms. One that takes longer is assumed to be blocked, for example by a lock.
 */
const patienceMs = 30_000

export class CaughtUp {
  readonly #drained: () => boolean
  #outboxesDrained = false
  #pollIsComplete = false
  #remaining: Set<Entry> | null = null
  #remainingSinceMs = 0

  /** `drained`: whether every publisher of the queue has published the messages that waited in its outbox at the start. */
  constructor(drained: () => boolean) {
    this.#drained = drained
  }

  /** True permanently when all messages that waited at the start are settled. */
  done(): boolean {
    this.#outboxesDrained ||= this.#drained()
    if (this.#remaining === null) return false
    return this.#remaining.size === 0 || performance.now() - this.#remainingSinceMs >= patienceMs
  }

  /** Called when a poll of the retry store begins. `complete`: no entry is being stored, so the poll finds all. */
  pollBegins(complete: boolean): void {
    this.#pollIsComplete = this.#outboxesDrained && complete
  }

  /** Called when a poll has found all due entries, and these entries are in memory. */
  pollFoundAll(entries: Iterable<Entry>): void {
    if (!this.#pollIsComplete || this.#remaining) return
    this.#remaining = new Set(entries)
    this.#remainingSinceMs = performance.now()
  }

  /** The entry is no longer in memory. */
  gone(entry: Entry): void {
    this.#remaining?.delete(entry)
  }
}
