/**
 * The relay publishes rows of the outbox to the broker. After a commit it gets them in memory, with a lease. The sweep
 * finds the others in the table: rows that did not fit in the window, and rows that a crash left behind. Confirmed rows are
 * deleted.
 *
 * Guarantee: every committed row is published at least once, and again until the broker has confirmed and routed it, even
 * if a confirm is lost. Only a row that can never be sent becomes a dead letter instead. Neither sequence numbers nor times
 * are used as a watermark, so gaps, long transactions and restored backups lose nothing.
 */

import { Alarm, FailingTimes, Measurement, pause } from '@quadrille/async'
import type { Statement } from '@quadrille/postgres'
import { InFlightSize, type Sized } from './in-flight-size.ts'
import {
  type Backlog,
  countOutboxCrashes,
  type Inserted,
  insertedRows,
  insertOutbox,
  isOversized,
  leaseOutbox,
  type OutboxRow,
  type Outgoing,
  outboxBacklog,
  releaseAllLeases,
  releaseOutbox,
} from './outbox.ts'
import { defaults, type RelayOptions } from './relay-options.ts'
import type { RowKey } from './row-key.ts'
import { RowSender } from './row-sender.ts'
import { settleSentRows } from './settle-sent-rows.ts'

/** Messages that a transaction stores. They are sent after its commit. */
export interface Handoff {
  /** The statement that stores the messages; none without messages. It must be the last one of the transaction. */
  readonly statements: readonly Statement[]
  /** Call it after the commit, with the row that the last statement has returned. Without messages it is ignored. */
  committed(rows: readonly Inserted[]): void
  /** Call it if the commit failed or its outcome is unknown. The sweep sends rows that were committed nevertheless. */
  abandoned(): void
}

/** The longest pause between measurements while there is nothing to do, ms. */
const idlePauseMs = 2_000
/** The longest pause of the sweeps, which are rung when there is something to do, ms. */
const untilRungMs = 60_000

export class Relay {
  readonly #options: Required<RelayOptions>
  readonly #sender: RowSender
  readonly #stopping = new AbortController()
  readonly #sweepNow = new Alarm()
  readonly #outcomes = new Alarm()
  /** True if a recent measurement has found no rows. Those in flight are in the table. */
  #isIdle = false
  #crashesCounted: boolean
  /** Rows that were sent right after their commit. */
  readonly #handedOff = new InFlightSize()
  /** Rows that the sweep found. */
  readonly #swept = new InFlightSize()
  #drainReported = false
  readonly #backlog: Measurement<Backlog>
  readonly #failing = new FailingTimes()
  #loops: Promise<unknown> = Promise.resolve()

  constructor(options: RelayOptions) {
    this.#options = { ...defaults, ...options }
    const { database, backlogLimit } = this.#options
    this.#backlog = new Measurement({ rows: 0, oldestAgeMs: 0 }, () => outboxBacklog(database, backlogLimit))
    this.#sender = new RowSender({ ...this.#options, onOutcome: () => this.#outcomes.ring() })
    this.#crashesCounted = options.publisher.outboxAsQueue === null
  }

  /** Starts sweeping. */
  start(): void {
    const sent = { ...this.#options, sender: this.#sender, outcomes: this.#outcomes }
    this.#loops = Promise.all([this.#sweepLoop(), this.#measureLoop(), settleSentRows(sent, this.#stopping.signal)])
  }

  /** Stops sweeping. Leased rows are released, for the sweep of another relay. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const inFlight = this.#sender.inFlight()
    await this.#loops
    await this.#release(inFlight).catch((error) => this.#options.onError(error, 'release'))
  }

  /** If the outbox is the queue, and the crashes before this start are counted, all leases are this relay's. */
  #release(inFlight: readonly RowKey[]): Promise<void> {
    const { database, publisher } = this.#options
    const isOnlyRelay = publisher.outboxAsQueue !== null && this.#crashesCounted
    return isOnlyRelay ? releaseAllLeases(database) : releaseOutbox(database, inFlight)
  }

  /** As of the last measurement. */
  backlog(): Backlog {
    return this.#backlog.last
  }

  /** Undefined if the last measurement is more than a minute old. */
  recentBacklog(): Backlog | undefined {
    return this.#backlog.recent
  }

  /** For how long the sweep or the measurement has failed, ms. 0 after a success. */
  failingMs(step: 'sweep' | 'measure'): number {
    return this.#failing.failingMs(step)
  }

  /** Null while messages are sent. Otherwise the reason: the publisher waits, or an exchange routes to no queue. */
  waitingFor(): string | null {
    const unroutable = this.#backlog.last.rows > 0 ? this.#sender.unroutable() : null // another relay may have sent the rows
    return this.#options.publisher.waitingFor() ?? unroutable
  }

  /**
   * Prepares messages for the caller's transaction, which stores them by the returned statements. Those that fit in the window
   * are sent right after its commit.
   */
  prepare(messages: readonly Outgoing[]): Handoff {
    const { publisher, window, leaseMs } = this.#options
    const maySend = this.#crashesCounted && publisher.waitingFor() === null
    const fitting = maySend ? messages.slice(0, this.#handedOff.countFitting(messages, window)) : []
    const release = (rows: readonly Sized[]) => this.#handedOff.remove(rows)
    this.#handedOff.add(fitting)
    return {
      statements: messages.length === 0 ? [] : [insertOutbox(messages, { leased: fitting.length, leaseMs })],
      committed: ([inserted]) => {
        if (messages.length === 0) return // the last statement was another one, which may have returned rows too
        if (inserted?.seqs.length !== messages.length) {
          release(fitting)
          throw new Error(`The commit has returned ${inserted?.seqs.length ?? 0} rows of ${messages.length} messages.`)
        }
        this.#sender.sendAll(insertedRows(fitting, inserted), 'handoff', (row) => release([row]))
        if (fitting.length < messages.length) this.#sweepNow.ring()
      },
      abandoned: () => release(fitting),
    }
  }

  /** Call it after rows were inserted by other means, so that an idle relay finds them at once. */
  sweepSoon(): void {
    this.#sweepNow.ring()
  }

  async #sweepLoop(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const more = await this.#attempt('sweep', () => this.#sweep())
      if (!more) await this.#pauseSweeping(signal)
    }
  }

  /** While there is nothing to do, a measurement that finds rows ends the pause, long before their leases expire. */
  async #pauseSweeping(signal: AbortSignal): Promise<void> {
    this.#isIdle = this.#drainReported && this.#backlog.recent?.rows === 0
    await this.#sweepNow.pause(this.#isIdle ? untilRungMs : this.#options.sweepEveryMs, signal)
  }

  /**
   * Apart from the sweeps, because a slow sweep must not delay the limit of the backlog. While there is nothing to do, each pause
   * is twice as long as the previous one.
   */
  async #measureLoop(): Promise<void> {
    const { sweepEveryMs } = this.#options
    const { signal } = this.#stopping
    for (let pauseMs = sweepEveryMs; !signal.aborted; await pause(pauseMs, signal)) {
      await this.#attempt('measure', () => this.#backlog.run())
      if (this.#isIdle && this.#backlog.last.rows > 0) this.#sweepNow.ring()
      pauseMs = this.#isIdle ? Math.max(sweepEveryMs, Math.min(pauseMs * 2, idlePauseMs)) : sweepEveryMs
    }
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
    this.#sender.sweepBegins()
    const step = Math.min(this.#sweepStep, this.#swept.countRoom())
    if (sweepSize - this.#swept.rows < step || step === 0 || publisher.waitingFor() !== null) return false
    const rows = await leaseOutbox(database, step, leaseMs)
    if (this.#stopping.signal.aborted) {
      await releaseOutbox(database, rows)
      return false
    }
    this.#swept.add(rows)
    this.#sender.sendAll(rows, 'sweep', (row) => this.#afterSwept(row))
    const more = rows.length === step || rows.some(isOversized)
    if (!more) this.#reportDrained()
    return more
  }

  /** Reports that the publisher has all rows that waited at startup. Called after a sweep that has left no row to send now. */
  #reportDrained(): void {
    if (this.#drainReported) return
    this.#drainReported = true
    this.#options.publisher.outboxAsQueue?.drained()
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

  /** Undefined if the step has failed, which is reported. */
  async #attempt<Result>(step: 'sweep' | 'measure', run: () => Promise<Result>): Promise<Result | undefined> {
    try {
      const result = await run()
      this.#failing.succeeded(step)
      return result
    } catch (error) {
      this.#failing.failed(step)
      this.#options.onError(error, step)
      return undefined
    }
  }
}
