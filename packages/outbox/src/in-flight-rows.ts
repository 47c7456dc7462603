/** Tracks the rows that one relay has sent, until each is deleted or has failed. */

/** The broker has neither confirmed nor rejected a message in time. The confirm counts as lost. */
export class Overdue extends Error {
  override readonly name = 'Overdue'
}

interface Sending {
  readonly sentAtMs: number
  readonly onOverdue: (error: Overdue) => void
}

export class InFlightRows {
  /** In the order of sending. Null for confirmed rows. */
  readonly #sendings = new Map<number, Sending | null>()

  has(seq: number): boolean {
    return this.#sendings.has(seq)
  }

  get size(): number {
    return this.#sendings.size
  }

  seqs(): number[] {
    return [...this.#sendings.keys()]
  }

  /** Marks a row as sent. `onOverdue` is called when the row is given up. */
  begin(seq: number, onOverdue: (error: Overdue) => void): void {
    this.#sendings.set(seq, { sentAtMs: performance.now(), onOverdue })
  }

  /** Marks a row as confirmed. It stays in flight until its deletion, but its message is released. */
  confirm(seq: number): void {
    this.#sendings.set(seq, null)
  }

  end(seq: number): void {
    this.#sendings.delete(seq)
  }

  /** Gives up rows that were sent longer ago than this. */
  giveUpAfter(ms: number): void {
    const sentBefore = performance.now() - ms
    for (const sending of this.#sendings.values()) {
      if (sending === null) continue
      if (sending.sentAtMs > sentBefore) return
      sending.onOverdue(new Overdue(`no confirm has arrived within ${Math.round(ms / 1_000)} s`))
    }
  }
}
