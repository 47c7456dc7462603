/** Publishes rows of the outbox, and collects their outcomes for the relay. */
import { Unroutable, Unsendable } from '@quadrille/messaging'
import { type OutboxRow, toWire } from './outbox.ts'
import type { RelayOptions } from './relay-options.ts'
import { keyOf, type RowKey } from './row-key.ts'
import type { Refused } from './unsendable.ts'

interface RowSenderOptions
  extends Required<Pick<RelayOptions, 'publisher' | 'service' | 'leaseMs' | 'onError' | 'onSend'>> {
  /** Called when a row can be taken as confirmed or refused. */
  readonly onOutcome: () => void
}

/** For how many leases it counts that an exchange has routed a message nowhere: another relay may have sent the message since. */
const unroutableForLeases = 6

export class RowSender {
  readonly #options: RowSenderOptions
  /** Confirmed and refused rows stay until they are forgotten. */
  readonly #inFlight = new Map<string, RowKey>()
  /** Rows that were forgotten since the last sweep began, which may have read them before they were deleted. */
  readonly #forgotten = new Set<string>()
  readonly #confirmed: RowKey[] = []
  readonly #refused: Refused[] = []
  /** Refused rows stay in flight, so that no more are read than are settled. Ends the sending of each when it is forgotten. */
  readonly #unsettled = new Map<string, () => void>()
  /** Exchanges that route a message nowhere, until one is confirmed. */
  readonly #unroutable = new Map<string, { readonly reason: string; readonly atMs: number }>()

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
    const { publisher, service, onError, onOutcome } = this.#options
    const { seq, id } = row
    const key = keyOf(row)
    if (this.#inFlight.has(key) || this.#forgotten.has(key)) {
      onEnd(row) // its lease expired while the broker was slow, and the sweep found it
      return
    }
    const message = toWire(row, service)
    const confirmed = () => {
      this.#confirmed.push({ seq, id })
      this.#unroutable.delete(row.to.exchange)
      onOutcome()
      onEnd(row)
    }
    const failed = (error: unknown) => {
      onError(error, 'publish')
      if (error instanceof Unroutable)
        this.#unroutable.set(row.to.exchange, { reason: error.message, atMs: performance.now() })
      if (error instanceof Unsendable) {
        this.#refused.push({ row, message, error })
        this.#unsettled.set(key, () => onEnd(row))
        onOutcome()
        return
      }
      this.#inFlight.delete(key) // the row stays, and is swept when its lease has expired
      onEnd(row)
    }
    this.#inFlight.set(key, { seq, id })
    const { crashes, originalExchange: exchange, decoded } = row
    try {
      publisher.publish(row.to, message, { crashes, exchange, decoded }).then(confirmed, failed)
    } catch (error) {
      failed(error)
    }
  }

  /** The reason why an exchange has refused the last message to it, such as that no queue is bound. Null if none has. */
  unroutable(): string | null {
    const sinceMs = performance.now() - unroutableForLeases * this.#options.leaseMs
    return [...this.#unroutable.values()].find(({ atMs }) => atMs > sinceMs)?.reason ?? null
  }

  /** Rows that are in flight, or whose outcome is not in the table yet. */
  inFlight(): RowKey[] {
    return [...this.#inFlight.values()]
  }

  /** Confirmed rows. Each is returned once. */
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
