/** Tracks the rows that one relay has sent, until each is deleted or has failed. */
import { keyOf, type RowKey } from './row-key.ts'

/** The broker has neither confirmed nor rejected a message in time. The confirm counts as lost. */
export class Overdue extends Error {
  override readonly name = 'Overdue'
}

interface InFlightRow extends RowKey {
  readonly sentAtMs: number
  /** Null for a confirmed row. */
  readonly onOverdue: ((error: Overdue) => void) | null
}

export class InFlightRows {
  /** In the order of sending. */
  readonly #rows = new Map<string, InFlightRow>()

  has(row: RowKey): boolean {
    return this.#rows.has(keyOf(row))
  }

  get size(): number {
    return this.#rows.size
  }

  rows(): RowKey[] {
    return [...this.#rows.values()]
  }

  /** Marks a row as sent. `onOverdue` is called when it expires. */
  begin({ seq, id }: RowKey, onOverdue: (error: Overdue) => void): void {
    this.#rows.set(keyOf({ seq, id }), { seq, id, sentAtMs: performance.now(), onOverdue })
  }

  /** Marks a row as confirmed. It stays in flight until its deletion, but its message is released. */
  confirm({ seq, id }: RowKey): void {
    this.#rows.set(keyOf({ seq, id }), { seq, id, sentAtMs: performance.now(), onOverdue: null })
  }

  end(row: RowKey): void {
    this.#rows.delete(keyOf(row))
  }

  /** Rows that were sent longer ago than this, and are not confirmed, count as failed. */
  expire(ms: number): void {
    const sentBefore = performance.now() - ms
    for (const { sentAtMs, onOverdue } of this.#rows.values()) {
      if (onOverdue === null) continue
      if (sentAtMs > sentBefore) return
      onOverdue(new Overdue(`no confirm has arrived within ${Math.round(ms / 1_000)} s`))
    }
  }
}
