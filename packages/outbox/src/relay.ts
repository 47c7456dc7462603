/**
 * The relay publishes rows of the outbox to the broker. After a commit it gets them in memory, with a lease. The sweep
 * finds the others in the table: rows that did not fit in the window, and rows that a crash left behind. Confirmed rows are
 * deleted.
 *
 * Guarantee: every committed row is published at least once, and again until the broker has confirmed and routed it, even
 * if a confirm is lost. Only a row that can never be sent becomes a dead letter instead. Neither sequence numbers nor times
 * are used as a watermark, so gaps, long transactions and restored backups lose nothing.
 */

import { Alarm, pause } from '@quadrille/async'
import { Unsendable } from '@quadrille/messaging'
import type { Statement } from '@quadrille/postgres'
import { BacklogMeter } from './backlog-meter.ts'
import { InFlightRows, Overdue } from './in-flight-rows.ts'
import { InFlightSize, type Sized } from './in-flight-size.ts'
import {
  type Backlog,
  countOutboxCrashes,
  deleteOutbox,
  type Inserted,
  insertedRows,
  insertOutbox,
  leaseOutbox,
  type OutboxRow,
  type Outgoing,
  releaseOutbox,
  toWire,
} from './outbox.ts'
import type { RelayOptions } from './relay-options.ts'
import { type Refused, settleRefused } from './unsendable.ts'

/** Messages that a transaction stores. They are sent after its commit. */
export interface Handoff {
  /** The statement that stores the messages; none without messages. It must be the last one of the transaction. */
  readonly statements: readonly Statement[]
  /** Call it after the commit, with the rows that the last statement has returned. Without messages it ignores them. */
  committed(rows: readonly Inserted[]): void
  /** Call it if the commit failed or its outcome is unknown. The sweep sends rows that were committed nevertheless. */
  abandoned(): void
}

/** The interval between deletions of confirmed rows, ms. Much shorter than a lease. */
const deleteEveryMs = 100
/** The maximum number of refused rows in one transaction. Small, because each row may have the maximum size of a message. */
const refusedBatch = 20

export class Relay {
  readonly #options: Required<RelayOptions>
  /** Confirmed rows that are still in the table. */
  #confirmed: number[] = []
  /** Rows that can't be sent, and whose failure is not counted yet. */
  readonly #refused: Refused[] = []
  readonly #inFlight = new InFlightRows()
  readonly #stopping = new AbortController()
  readonly #sweepNow = new Alarm()
  #crashesCounted: boolean
  /** Rows that were sent right after their commit. */
  readonly #fresh = new InFlightSize()
  /** Rows that the sweep found. */
  readonly #swept = new InFlightSize()
  #drainReported = false
  readonly #backlogMeter: BacklogMeter
  #loops: Promise<unknown> = Promise.resolve()

  constructor(options: RelayOptions) {
    this.#options = {
      window: 4_000,
      sweepSize: 4_000,
      leaseMs: 5_000,
      sweepEveryMs: 500,
      backlogLimit: 100_000,
      givenUpAfterLeases: 6,
      maxSendAttempts: 6,
      onSend: () => () => undefined,
      onOverdue: () => undefined,
      onUnsendable: () => undefined,
      ...options,
    }
    this.#crashesCounted = options.publisher.outboxAsQueue === null
    const { database, backlogLimit: limit, sweepEveryMs: everyMs } = this.#options
    const onError = (error: unknown) => this.#report(error, 'measure')
    this.#backlogMeter = new BacklogMeter({ database, limit, everyMs, onError })
  }

  /** Starts sweeping. */
  start(): void {
    this.#loops = Promise.all([this.#sweepLoop(), this.#backlogMeter.run(this.#stopping.signal), this.#deleteLoop()])
  }

  /** Stops sweeping. Rows in flight are released, for the sweep of another relay. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const inFlight = this.#inFlight.seqs()
    await this.#loops
    await releaseOutbox(this.#options.database, inFlight).catch((error) => this.#report(error, 'release'))
  }

  /** As of the last measurement. */
  backlog(): Backlog {
    return this.#backlogMeter.backlog()
  }

  /**
   * Prepares messages for the caller's transaction, which stores them by the returned statements. Those that fit in the window
   * are sent right after its commit.
   */
  prepare(messages: readonly Outgoing[]): Handoff {
    const { publisher, window, leaseMs } = this.#options
    const maySend = this.#crashesCounted && publisher.waitingFor() === null
    const fitting = maySend ? messages.slice(0, this.#fresh.countFitting(messages, window)) : []
    const release = (rows: readonly Sized[]) => this.#fresh.remove(rows)
    this.#fresh.add(fitting)
    return {
      statements: messages.length === 0 ? [] : [insertOutbox(messages, { rows: fitting.length, ms: leaseMs })],
      committed: (inserted) => {
        if (messages.length === 0) return // the last statement was another one, which may have returned rows too
        if (inserted.length !== messages.length) {
          release(fitting)
          throw new Error(`The commit has returned ${inserted.length} rows of ${messages.length} messages.`)
        }
        this.#sendAll(insertedRows(fitting, inserted), 'relay', (row) => release([row]))
        if (fitting.length < messages.length) this.#sweepNow.ring()
      },
      abandoned: () => release(fitting),
    }
  }

  #sendAll(rows: readonly OutboxRow[], by: 'relay' | 'sweep', onEach: (row: OutboxRow) => void): void {
    if (rows.length === 0) return
    const onEnd = this.#options.onSend(rows, by)
    void Promise.all(rows.map((row) => this.#send(row).finally(() => onEach(row)))).finally(onEnd)
  }

  async #send(row: OutboxRow): Promise<void> {
    const { publisher, service, contentType } = this.#options
    if (this.#inFlight.has(row.seq)) return // its lease expired while the broker was slow, and the sweep found it
    const overdue = this.#inFlight.begin(row.seq)
    const message = toWire(row, service, contentType)
    const published = publisher.publish(row.to, message, { crashes: row.crashes, exchange: row.originalExchange })
    const confirmed = () => void this.#confirmed.push(row.seq)
    try {
      await Promise.race([published, overdue])
      confirmed()
    } catch (error) {
      this.#options.onError(error, 'publish')
      if (error instanceof Unsendable) return void this.#refused.push({ row, message, error })
      this.#inFlight.end(row.seq) // the row stays, and is swept when its lease has expired
      if (!(error instanceof Overdue)) return
      this.#options.onOverdue()
      published.then(confirmed, () => undefined) // a late confirm is valid too, and a late failure changes nothing
    }
  }

  async #sweepLoop(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      this.#giveUpOverdue()
      const more = await this.#sweep().catch((error) => this.#report(error, 'sweep'))
      if (!more) await this.#sweepNow.pause(this.#options.sweepEveryMs, signal)
    }
  }

  #giveUpOverdue(): void {
    const { publisher, leaseMs, givenUpAfterLeases } = this.#options
    if (!publisher.outboxAsQueue) this.#inFlight.giveUpAfter(leaseMs * givenUpAfterLeases)
  }

  /** If the outbox is the queue, a row in flight may have crashed the process. */
  async #countCrashes(): Promise<void> {
    if (this.#crashesCounted) return
    await countOutboxCrashes(this.#options.database)
    this.#crashesCounted = true
  }

  /** Leases some rows, if there is room for them. True if there are more rows to send now. */
  async #sweep(): Promise<boolean> {
    const { database, publisher, sweepSize, leaseMs } = this.#options
    await this.#countCrashes()
    const step = Math.min(this.#sweepStep, this.#swept.countRoom())
    if (sweepSize - this.#swept.rows < step || step === 0 || publisher.waitingFor() !== null) return false
    const rows = await leaseOutbox(database, step, leaseMs)
    this.#swept.add(rows)
    this.#sendAll(rows, 'sweep', (row) => this.#afterSwept(row))
    const more = rows.length === step
    if (!more) this.#reportDrained()
    return more
  }

  /** Reports that the publisher has all rows that waited at startup: a sweep has found fewer rows than it could take. */
  #reportDrained(): void {
    const { publisher } = this.#options
    if (this.#drainReported || publisher.waitingFor() !== null) return
    this.#drainReported = true
    publisher.outboxAsQueue?.drained()
  }

  /** Starts the next sweep as soon as there is room for it, without waiting for the slowest row. */
  #afterSwept(row: OutboxRow): void {
    this.#swept.remove([row])
    if (this.#swept.rows === this.#options.sweepSize - this.#sweepStep) this.#sweepNow.ring()
  }

  /** The maximum number of rows of one sweep. */
  get #sweepStep(): number {
    return Math.min(500, Math.ceil(this.#options.sweepSize / 2))
  }

  /**
   * Deletes confirmed rows in bulk, because a statement costs almost the same for one row as for many. If a crash
   * leaves a row behind, it is sent again, and the inboxes recognize it.
   */
  async #deleteLoop(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await pause(deleteEveryMs, signal)
      await this.#deleteConfirmed().catch((error) => this.#report(error, 'delete'))
      await this.#settleRefused().catch((error) => this.#report(error, 'delete'))
    }
  }

  async #deleteConfirmed(): Promise<void> {
    const seqs = this.#confirmed.splice(0)
    if (seqs.length === 0) return
    try {
      await deleteOutbox(this.#options.database, seqs)
    } finally {
      for (const seq of seqs) this.#inFlight.end(seq) // rows that could not be deleted are sent again
    }
  }

  async #settleRefused(): Promise<void> {
    const { database, storeUnsendable, maxSendAttempts, leaseMs, onUnsendable, redactText } = this.#options
    const refused = this.#refused.splice(0, refusedBatch)
    if (refused.length === 0) return
    try {
      const deadLetters = await settleRefused(database, refused, {
        store: storeUnsendable,
        maxAttempts: maxSendAttempts,
        pauseMs: leaseMs,
        redactText,
      })
      if (deadLetters.length > 0) onUnsendable(deadLetters)
    } finally {
      for (const { row } of refused) this.#inFlight.end(row.seq)
    }
  }

  #report(error: unknown, step: 'sweep' | 'measure' | 'delete' | 'release'): false {
    this.#options.onError(error, step)
    return false
  }
}
