/** Transactions of the log whose messages are in flight, in the order of their commits. Finds the position that may be confirmed. */

export interface LoggedTransaction {
  readonly seqs: number[]
  unconfirmed: number
  /** The position of its commit record. Null until the commit has arrived. */
  commitLsn: string | null
}

/** Transactions that are complete and confirmed. */
export interface Finished {
  /** The position of the last one's commit record. */
  readonly lsn: string
  readonly seqs: readonly number[]
}

export class ConfirmWindow {
  readonly #transactions: LoggedTransaction[] = []
  #inFlight = 0

  /** The number of messages without a confirm. */
  get inFlight(): number {
    return this.#inFlight
  }

  begin(): LoggedTransaction {
    const transaction = { seqs: [], unconfirmed: 0, commitLsn: null }
    this.#transactions.push(transaction)
    return transaction
  }

  send(transaction: LoggedTransaction, seq: number): void {
    transaction.seqs.push(seq)
    transaction.unconfirmed += 1
    this.#inFlight += 1
  }

  confirm(transaction: LoggedTransaction): void {
    transaction.unconfirmed -= 1
    this.#inFlight -= 1
  }

  /**
   * The longest run of complete and confirmed transactions from the oldest one on, which are removed. Null if the oldest one is not
   * confirmed: later ones wait for it, however early their confirms arrive.
   */
  takeFinished(): Finished | null {
    const open = this.#transactions.findIndex(({ unconfirmed, commitLsn }) => unconfirmed > 0 || commitLsn === null)
    const finished = this.#transactions.splice(0, open < 0 ? this.#transactions.length : open)
    const lsn = finished.at(-1)?.commitLsn
    return lsn == null ? null : { lsn, seqs: finished.flatMap(({ seqs }) => seqs) }
  }
}
