/** Tracks the rows that one relay has sent, until each is deleted or has failed. */

/** The broker has neither confirmed nor rejected a message in time. The confirm counts as lost. */
export class Overdue extends Error {
  override readonly name = 'Overdue'
}

interface Sending {
  readonly sentAtMs: number
  readonly giveUp: (error: Overdue) => void
}

export class InFlightRows {
  /** In the order of sending. */
  readonly #sendings = new Map<number, Sending>()

  has(seq: number): boolean {
    return this.#sendings.has(seq)
  }

  seqs(): number[] {
    return [...this.#sendings.keys()]
  }

  /** Marks a row as sent. The promise rejects with `Overdue` when the row is given up, and never resolves. */
  begin(seq: number): Promise<never> {
    const { promise, reject } = Promise.withResolvers<never>()
    this.#sendings.set(seq, { sentAtMs: performance.now(), giveUp: reject })
    return promise
  }

  end(seq: number): void {
    this.#sendings.delete(seq)
  }

  /** Gives up rows that were sent longer ago than this. */
  giveUpAfter(ms: number): void {
    const sentBefore = performance.now() - ms
    for (const { sentAtMs, giveUp } of this.#sendings.values()) {
      if (sentAtMs > sentBefore) return
      giveUp(new Overdue(`no confirm has arrived within ${Math.round(ms / 1_000)} s`))
    }
  }
}
