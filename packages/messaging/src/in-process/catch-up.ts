/**
 * Detects when a queue's consumers have handled the messages that waited when the services started. In this broker they
 * wait in the publishers' outboxes and in the retry store. So first every publisher must have published its outbox.
 * Then a later poll of the store must have found all due entries. Then the entries in memory must be settled.
 */
import type { Entry } from './entry.ts'

/**
 * Entries that stay in memory longer have a reason of their own to wait, such as a lock. They are not waited for, ms.
 */
const patienceMs = 30_000

export interface CatchUpOptions {
  /** Whether every publisher of the queue has published the outbox of its start. */
  readonly drained: () => boolean
  /** Monotonic, ms. Default performance.now. */
  readonly nowMs?: () => number
}

export class CatchUp {
  readonly #drained: () => boolean
  readonly #nowMs: () => number
  #asked = false
  #looking = false
  #remaining: Set<Entry> | null = null
  #remainingSinceMs = 0

  constructor({ drained, nowMs = () => performance.now() }: CatchUpOptions) {
    this.#drained = drained
    this.#nowMs = nowMs
  }

  /** True permanently when all messages that waited at the start are settled. */
  done(): boolean {
    this.#asked ||= this.#drained()
    if (this.#remaining === null) return false
    return this.#remaining.size === 0 || this.#nowMs() - this.#remainingSinceMs >= patienceMs
  }

  /** Called when a poll of the retry store begins. It finds all waiting entries unless one is being stored. */
  lookBegins(seesAll: boolean): void {
    this.#looking = this.#asked && seesAll
  }

  /** Called when a poll has found all due entries, and these entries are in memory. */
  lookFoundAll(entries: Iterable<Entry>): void {
    if (!this.#looking || this.#remaining) return
    this.#remaining = new Set(entries)
    this.#remainingSinceMs = this.#nowMs()
  }

  /** The entry is no longer in memory. */
  gone(entry: Entry): void {
    this.#remaining?.delete(entry)
  }
}
