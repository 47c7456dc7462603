/**
 * When a queue's consumers have worked off what waited for them when the services started. Nothing waits in this broker
 * then: it waits in the publishers' outboxes and in the retry store. So first every publisher must have handed over what was in
 * its outbox, then a look into the store, begun after that, must have found all that is due, and what is in memory then must
 * be settled.
 */
import type { Entry } from './entry.ts'

/** What is in memory for longer has reasons of its own to wait, such as a lock that somebody holds: it isn't waited for, ms. */
const patienceMs = 30_000

export interface CatchUpOptions {
  /** Whether every publisher that the queue is bound to has handed over what was in its outbox at the start. */
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

  /** True once and for all when everything is settled that waited at the start. */
  done(): boolean {
    this.#asked ||= this.#drained()
    if (this.#remaining === null) return false
    return this.#remaining.size === 0 || this.#nowMs() - this.#remainingSinceMs >= patienceMs
  }

  /** A look into the retry store begins. It sees all that waits unless something is just being stored. */
  lookBegins(seesAll: boolean): void {
    this.#looking = this.#asked && seesAll
  }

  /** A look has found all that is due, and these entries are in memory. */
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
