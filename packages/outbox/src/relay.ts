/**
 * The relay brings rows of the outbox to the broker. After a commit they are handed to it in memory, under a lease; what
 * doesn't fit its window, or was left behind by a crash, the sweep finds in the table. Rows are deleted once confirmed.
 *
 * Guarantee: every committed row is published until the broker has confirmed it and routed it, at least once, also where a
 * confirm never comes. Only a row that can never be sent becomes a dead letter instead. Neither sequence numbers nor times are a
 * watermark, so gaps, long transactions and restored backups lose nothing.
 */

import { Alarm, pause } from '@quadrille/async'
import { Unsendable } from '@quadrille/messaging'
import type { Sql } from '@quadrille/postgres'
import { InFlightRows, Overdue } from './in-flight-rows.ts'
import { InFlightSize, type Sized } from './in-flight-size.ts'
import {
  type Backlog,
  countOutboxDeaths,
  deleteOutbox,
  insertOutbox,
  leaseOutbox,
  type OutboxRow,
  type Outgoing,
  outboxBacklog,
  releaseOutbox,
  toWire,
} from './outbox.ts'
import type { RelayOptions } from './relay-options.ts'
import { type Refused, settleRefused } from './unsendable.ts'

/** Rows that a transaction has inserted: they go out when it has committed. */
export interface Handoff {
  /** Call it after the commit. */
  committed(): void
  /** Call it where the commit didn't happen, or nobody knows: what was committed all the same is swept. */
  abandoned(): void
}

/** How long a confirmed row may stay in the table, ms: much less than its lease. */
const deleteEveryMs = 100
/** Rows that were refused are settled so many at a time, as each may be as large as the broker takes messages. */
const refusedBatch = 20

export class Relay {
  readonly #options: Required<RelayOptions>
  /** Confirmed rows that are still in the table. */
  #confirmed: number[] = []
  /** Rows that can't be sent, whose failure is not counted yet. */
  readonly #refused: Refused[] = []
  readonly #inFlight = new InFlightRows()
  readonly #stopping = new AbortController()
  readonly #sweepNow = new Alarm()
  #deathsCounted: boolean
  readonly #fresh = new InFlightSize()
  readonly #swept = new InFlightSize()
  #drained = false
  #backlog: Backlog = { rows: 0, oldestAgeMs: 0 }
  #loops: Promise<unknown> = Promise.resolve()

  constructor(options: RelayOptions) {
    this.#options = {
      window: 4_000,
      sweepSize: 4_000,
      leaseMs: 5_000,
      sweepEveryMs: 500,
      countUpTo: 100_000,
      givenUpAfterLeases: 6,
      sendingTries: 6,
      onSend: () => () => undefined,
      onOverdue: () => undefined,
      onUnsendable: () => undefined,
      ...options,
    }
    this.#deathsCounted = !options.publisher.confirmsHandling
  }

  /** Begins to sweep. */
  start(): void {
    this.#loops = Promise.all([this.#sweepAgainAndAgain(), this.#measureAgainAndAgain(), this.#deleteAgainAndAgain()])
  }

  /** Stops sweeping. What is still on its way is given back, for somebody's sweep. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const inFlight = this.#inFlight.seqs()
    await this.#loops
    await releaseOutbox(this.#options.database, inFlight).catch((error) => this.#report(error, 'release'))
  }

  /** As it was at the last measurement. */
  backlog(): Backlog {
    return this.#backlog
  }

  /** Stores messages in the caller's transaction; as many as the window has room for will be sent right after its commit. */
  async insert(sql: Sql, messages: readonly Outgoing[]): Promise<Handoff> {
    const { publisher, window, leaseMs } = this.#options
    const maySend = this.#deathsCounted && publisher.waitingFor() === null
    const taken = maySend ? messages.slice(0, this.#fresh.fitting(messages, window)) : []
    const free = (rows: readonly Sized[]) => this.#fresh.remove(rows)
    this.#fresh.add(taken)
    try {
      const rows = await insertOutbox(sql, messages, { rows: taken.length, ms: leaseMs })
      const committed = () => {
        this.#sendAll(rows, 'relay', (row) => free([row]))
        if (taken.length < messages.length) this.#sweepNow.ring()
      }
      return { committed, abandoned: () => free(taken) }
    } catch (error) {
      free(taken)
      throw error
    }
  }

  #sendAll(rows: readonly OutboxRow[], by: 'relay' | 'sweep', onEach: (row: OutboxRow) => void): void {
    if (rows.length === 0) return
    const ended = this.#options.onSend(rows, by)
    void Promise.all(rows.map((row) => this.#send(row).finally(() => onEach(row)))).finally(ended)
  }

  async #send(row: OutboxRow): Promise<void> {
    const { publisher, service, contentType } = this.#options
    if (this.#inFlight.has(row.seq)) return // its lease lapsed while the broker was slow, and the sweep found it
    const overdue = this.#inFlight.begin(row.seq)
    const message = toWire(row, service, contentType)
    const published = publisher.publish(row.to, message, { deaths: row.deaths, exchange: row.originalExchange })
    const confirmed = () => void this.#confirmed.push(row.seq)
    try {
      await Promise.race([published, overdue])
      confirmed()
    } catch (error) {
      this.#options.onError(error, 'publish')
      if (error instanceof Unsendable) return void this.#refused.push({ row, message, error })
      this.#inFlight.end(row.seq) // the row stays, and is swept when its lease has lapsed
      if (!(error instanceof Overdue)) return
      this.#options.onOverdue()
      published.then(confirmed, () => undefined) // a late confirm is as good, and a late failure changes nothing
    }
  }

  async #sweepAgainAndAgain(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      this.#giveUpOverdue()
      const more = await this.#sweep().catch((error) => this.#report(error, 'sweep'))
      if (!more) await this.#sweepNow.pause(this.#options.sweepEveryMs, signal)
    }
  }

  #giveUpOverdue(): void {
    const { publisher, leaseMs, givenUpAfterLeases } = this.#options
    if (!publisher.confirmsHandling) this.#inFlight.giveUpAfter(leaseMs * givenUpAfterLeases)
  }

  /** Where a confirm means that the message was handled, the process may have died of what was on its way. */
  async #countDeaths(): Promise<void> {
    if (this.#deathsCounted) return
    await countOutboxDeaths(this.#options.database)
    this.#deathsCounted = true
  }

  /** Takes some rows, if there is room for them. True where there is more to take right away. */
  async #sweep(): Promise<boolean> {
    const { database, publisher, sweepSize, leaseMs } = this.#options
    await this.#countDeaths()
    const step = Math.min(this.#sweepStep, this.#swept.room())
    if (sweepSize - this.#swept.rows < step || step === 0 || publisher.waitingFor() !== null) return false
    const rows = await leaseOutbox(database, step, leaseMs)
    this.#swept.add(rows)
    this.#sendAll(rows, 'sweep', (row) => this.#afterSwept(row))
    const more = rows.length === step
    if (!more) this.#reportDrained()
    return more
  }

  /** The publisher has by now all that waited at the start: a sweep has found all that may be sent, and no more. */
  #reportDrained(): void {
    const { publisher } = this.#options
    if (this.#drained || publisher.waitingFor() !== null) return
    this.#drained = true
    publisher.drained()
  }

  /** Room for another step: time for it, without waiting for the slowest. */
  #afterSwept(row: OutboxRow): void {
    this.#swept.remove([row])
    if (this.#swept.rows === this.#options.sweepSize - this.#sweepStep) this.#sweepNow.ring()
  }

  /** How many rows one sweep takes. */
  get #sweepStep(): number {
    return Math.min(500, Math.ceil(this.#options.sweepSize / 2))
  }

  async #measureAgainAndAgain(): Promise<void> {
    const { database, countUpTo, sweepEveryMs } = this.#options
    const { signal } = this.#stopping
    const measure = async () => {
      this.#backlog = await outboxBacklog(database, countUpTo)
    }
    while (!signal.aborted) {
      await measure().catch((error) => this.#report(error, 'measure'))
      await pause(sweepEveryMs, signal)
    }
  }

  /**
   * Deletes what is confirmed, in bulk: nobody waits for it, and each statement costs as much for one row as for many. A row
   * that a crash leaves behind goes out once more, and the inboxes know it.
   */
  async #deleteAgainAndAgain(): Promise<void> {
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
      for (const seq of seqs) this.#inFlight.end(seq) // what could not be deleted is sent again
    }
  }

  async #settleRefused(): Promise<void> {
    const { database, storeUnsendable, sendingTries, leaseMs, onUnsendable, redactText } = this.#options
    const refused = this.#refused.splice(0, refusedBatch)
    if (refused.length === 0) return
    try {
      const deadLetters = await settleRefused(database, refused, {
        store: storeUnsendable,
        tries: sendingTries,
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
