/** Publishes rows of the outbox, and collects their outcomes for the relay. */
import { Unroutable, Unsendable } from '@quadrille/messaging'
import { type OutboxRow, toWire } from './outbox.ts'
import type { RelayOptions } from './relay-options.ts'
import { keyOf, type RowKey } from './row-key.ts'
import type { Refused } from './unsendable.ts'

interface RowSenderOptions
  extends Required<Pick<RelayOptions, 'publisher' | 'service' | 'onError' | 'onOverdue' | 'onSend'>> {
  /** Called when a row can be taken as confirmed or refused. */
  readonly onOutcome: () => void
}

/** The broker has neither confirmed nor rejected a message in time. The confirm counts as lost. */
class Overdue extends Error {
  override readonly name = 'Overdue'
}

interface InFlightRow extends RowKey {
  readonly sentAtMs: number
  /** Null for a confirmed row, whose message is released. */
  readonly onOverdue: ((error: Overdue) => void) | null
}

export class RowSender {
  readonly #options: RowSenderOptions
  /** In the order of sending, on which `expire` relies. Confirmed and refused rows stay until they are forgotten. */
  readonly #inFlight = new Map<string, InFlightRow>()
  /** Rows that were forgotten since the last sweep began, which may have read them before they were deleted. */
  readonly #forgotten = new Set<string>()
  readonly #confirmed: RowKey[] = []
  readonly #refused: Refused[] = []
  /** Refused rows stay in flight, so that no more are read than are settled. Ends the sending of each when it is forgotten. */
  readonly #unsettled = new Map<string, () => void>()
  /** Exchanges that route a message nowhere, until one is confirmed. Another relay may have sent the message since. */
  readonly #unroutable = new Map<string, { readonly reason: string; readonly atMs: number }>()

  /** When the publisher was last seen to wait. */
  #waitedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: RowSenderOptions) {
    this.#options = options
  }

  /** Sends the rows that it is not sending already. Calls `onEach` for each row when its sending has ended. */
  sendAll(rows: readonly OutboxRow[], by: 'handoff' | 'sweep', onEach: (row: OutboxRow) => void): void {
    if (rows.length === 0) return
    const onEnd = this.#options.onSend(rows, by)
    let unfinished = rows.length
    const rowEnds = (row: OutboxRow) => {
      onEach(row)
      unfinished -= 1
      if (unfinished === 0) onEnd()
    }
    for (const row of rows) this.#send(row, rowEnds)
  }

  /** Calls `onEnd` once, when the row is confirmed or has failed. If it can't be sent, when its failure is settled. */
  #send(row: OutboxRow, onEnd: (row: OutboxRow) => void): void {
    const { publisher, service, onError, onOverdue, onOutcome } = this.#options
    const { seq, id } = row
    const key = keyOf(row)
    if (this.#inFlight.has(key) || this.#forgotten.has(key)) {
      onEnd(row) // its lease expired while the broker was slow, and the sweep found it
      return
    }
    const message = toWire(row, service)
    let hasEnded = false
    const end = () => {
      if (!hasEnded) onEnd(row)
      hasEnded = true
    }
    const confirmed = () => {
      this.#inFlight.set(key, { seq, id, sentAtMs: performance.now(), onOverdue: null })
      this.#confirmed.push({ seq, id }) // a late confirm is valid too
      this.#unroutable.delete(row.to.exchange)
      onOutcome()
      end()
    }
    const failed = (error: unknown) => {
      if (hasEnded || this.#unsettled.has(key)) return // a late failure changes nothing
      onError(error, 'publish')
      if (error instanceof Unroutable)
        this.#unroutable.set(row.to.exchange, { reason: error.message, atMs: performance.now() })
      if (error instanceof Unsendable) {
        this.#refused.push({ row, message, error })
        this.#unsettled.set(key, end)
        onOutcome()
        return
      }
      this.#inFlight.delete(key) // the row stays, and is swept when its lease has expired
      if (error instanceof Overdue) onOverdue()
      end()
    }
    this.#inFlight.set(key, { seq, id, sentAtMs: performance.now(), onOverdue: failed })
    const { crashes, originalExchange: exchange, decoded } = row
    try {
      publisher.publish(row.to, message, { crashes, exchange, decoded }).then(confirmed, failed)
    } catch (error) {
      failed(error)
    }
  }

  /** The reason why an exchange has refused the last message to it, such as that no queue is bound. Null if none has. */
  unroutable(): string | null {
    return this.#unroutable.values().next().value?.reason ?? null
  }

  /** True while rows are in flight, or while their outcome is not in the table yet. */
  isBusy(): boolean {
    return this.#inFlight.size > 0
  }

  /** Rows that are in flight, or whose outcome is not in the table yet. */
  inFlight(): RowKey[] {
    return [...this.#inFlight.values()]
  }

  /**
   * Rows that were sent longer ago than this, and are not confirmed, count as failed. Forgets exchanges that have refused
   * no message since then. Does nothing while the publisher waits, or for this time after that: a broker that has blocked publishing
   * reads the messages later, and confirms them.
   */
  expire(ms: number): void {
    const nowMs = performance.now()
    if (this.#options.publisher.waitingFor() !== null) this.#waitedAtMs = nowMs
    if (nowMs - this.#waitedAtMs < ms) return
    const beforeMs = nowMs - ms
    for (const [exchange, { atMs }] of this.#unroutable) if (atMs < beforeMs) this.#unroutable.delete(exchange)
    for (const { sentAtMs, onOverdue } of this.#inFlight.values()) {
      if (onOverdue === null) continue
      if (sentAtMs > beforeMs) return
      onOverdue(new Overdue(`no confirm has arrived within ${Math.round(ms / 1_000)} s`))
    }
  }

  /** Confirmed rows, which may be in the table. A late confirm may be that of a deleted row. Each is returned once. */
  takeConfirmed(): RowKey[] {
    return this.#confirmed.splice(0)
  }

  /** Rows that can't be sent, and whose failure is not counted yet. Each is returned once. */
  takeRefused(limit: number): Refused[] {
    return this.#refused.splice(0, limit)
  }

  /** Allows rows to be sent again, if a later sweep finds them in the table. */
  forget(rows: readonly RowKey[]): void {
    for (const row of rows) {
      const key = keyOf(row)
      this.#inFlight.delete(key)
      this.#forgotten.add(key)
      this.#unsettled.get(key)?.()
      this.#unsettled.delete(key)
    }
  }

  /** Called before a sweep reads the table, several times a second while rows are sent. */
  sweepBegins(): void {
    this.#forgotten.clear()
  }
}
