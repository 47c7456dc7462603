/**
 * When a queue's consumers have worked off what waited for them when the services started. Nothing waits in this broker
 * then: it waits in the publishers' outboxes and in the retry store. So first every publisher must have drained its outbox,
 * then a look into the store, begun after that, must have found all that is due, and what is in memory then must be settled.
 */
import type { Entry } from './entry.ts'

export class CatchUp {
  readonly #drained: () => boolean
  #asked = false
  #looking = false
  #remaining: Set<Entry> | null = null

  /** @param drained whether every publisher that the queue is bound to has drained its outbox. */
  constructor(drained: () => boolean) {
    this.#drained = drained
  }

  /** True once and for all when everything is settled that waited at the start. */
  done(): boolean {
    this.#asked ||= this.#drained()
    return this.#remaining?.size === 0
  }

  /** A look into the retry store begins. */
  lookBegins(): void {
    this.#looking = this.#asked
  }

  /** A look has found all that is due, and these entries are in memory. */
  lookFoundAll(entries: Iterable<Entry>): void {
    if (this.#looking) this.#remaining ??= new Set(entries)
  }

  /** The entry is no longer in memory. */
  gone(entry: Entry): void {
    this.#remaining?.delete(entry)
  }
}
