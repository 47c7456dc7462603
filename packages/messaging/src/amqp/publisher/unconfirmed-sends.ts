/**
 * Detects that the broker no longer confirms messages, such as those for a queue without a majority. Until its channel closes,
 * amqplib keeps the callback of a message without a confirm, and with it the message, and one empty slot for each later message.
 * Messages are counted by periods, which costs less than a time for each message.
 */

/** A period, and the number of its messages that are not confirmed yet. */
export interface Period {
  unconfirmed: number
}

export class UnconfirmedSends {
  /** Its messages were sent before `#sinceMs`. */
  #earlier: Period = { unconfirmed: 0 }
  #current: Period = { unconfirmed: 0 }
  #sinceMs: number
  /** Null while the broker reads. */
  #blockedAtMs: number | null = null

  constructor(nowMs: number) {
    this.#sinceMs = nowMs
  }

  /** Counts a message. The caller reduces the count when the message is confirmed or refused. */
  sent(): Period {
    this.#current.unconfirmed += 1
    return this.#current
  }

  /** The broker reads no more messages. The time until `unblock` does not count. */
  block(nowMs: number): void {
    this.#blockedAtMs ??= nowMs
  }

  unblock(nowMs: number): void {
    if (this.#blockedAtMs !== null) this.#sinceMs += nowMs - this.#blockedAtMs
    this.#blockedAtMs = null
  }

  /**
   * True if a message has been unconfirmed for this time; at the latest after twice as long. Always false while the broker is
   * blocked. Call it several times in that time.
   */
  isOverdue(limitMs: number, nowMs: number): boolean {
    if (this.#blockedAtMs !== null) return false
    if (this.#earlier.unconfirmed > 0) return nowMs - this.#sinceMs >= limitMs
    this.#earlier = this.#current
    this.#current = { unconfirmed: 0 }
    this.#sinceMs = nowMs
    return false
  }
}
