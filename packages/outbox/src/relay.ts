/**
 * The relay brings rows of the outbox to the broker. After a commit they are handed to it in memory, under a lease; what
 * doesn't fit its window, or was left behind by a crash, the sweep finds in the table. Rows are deleted once confirmed.
 *
 * Guarantee: every committed row is published until the broker has confirmed it and routed it, at least once. Neither
 * sequence numbers nor times are a watermark, so gaps, long transactions and restored backups lose nothing.
 */
import type { Publisher } from '@quadrille/messaging'
import type { Database, Sql } from '@quadrille/postgres'
import { Alarm } from './alarm.ts'
import {
  type Backlog,
  countOutboxDeaths,
  deleteOutbox,
  insertOutbox,
  leaseOutbox,
  newestOutboxSeq,
  type OutboxRow,
  type Outgoing,
  outboxBacklog,
  releaseOutbox,
  toWire,
} from './outbox.ts'

export interface RelayOptions {
  readonly database: Database
  readonly publisher: Publisher
  readonly service: string
  readonly contentType: string
  /** Told of everything that goes wrong; the relay goes on by itself. */
  readonly onError: (error: unknown, step: 'publish' | 'delete' | 'sweep' | 'measure' | 'release') => void
  /** Fresh rows that may be on their way at a time; the rest waits in the table. Default 4,000. */
  readonly window?: number
  /** Swept rows that may be on their way at a time, beside the window. Default 4,000. */
  readonly sweepSize?: number
  /** How long a row belongs to whoever sends it, ms. Default 5,000. */
  readonly leaseMs?: number
  /**
   * Told of rows that are about to be sent: by the `relay`, right after their commit, or by the `sweep`. What it returns is
   * called when each of them is confirmed or has failed.
   */
  readonly onSend?: (rows: readonly OutboxRow[], by: 'relay' | 'sweep') => () => void
  /** How often the table is swept and measured while there is nothing to sweep, ms. Default 500. */
  readonly sweepEveryMs?: number
  /** Up to how many rows the backlog is counted. Default 100,000. */
  readonly countUpTo?: number
}

/** Rows that a transaction has inserted: they go out when it has committed. */
export interface Handoff {
  /** Call it after the commit. */
  committed(): void
  /** Call it where the commit didn't happen, or nobody knows: what was committed all the same is swept. */
  abandoned(): void
}

/** How long a confirmed row may stay in the table, ms: much less than its lease. */
const deleteEveryMs = 100

export class Relay {
  readonly #options: Required<RelayOptions>
  /** Confirmed rows that are still in the table. */
  #confirmed: number[] = []
  readonly #onTheWay = new Set<number>()
  readonly #stopping = new AbortController()
  readonly #sweepNow = new Alarm()
  #deathsCounted: boolean
  #fresh = 0
  #swept = 0
  #backlog: Backlog = { rows: 0, oldestAgeMs: 0, oldestSeq: null }
  #loops: Promise<unknown> = Promise.resolve()

  constructor(options: RelayOptions) {
    this.#options = {
      window: 4_000,
      sweepSize: 4_000,
      leaseMs: 5_000,
      sweepEveryMs: 500,
      countUpTo: 100_000,
      onSend: () => () => undefined,
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
    const onTheWay = [...this.#onTheWay]
    await this.#loops
    await releaseOutbox(this.#options.database, onTheWay).catch((error) => this.#report(error, 'release'))
  }

  /** As it was at the last measurement. */
  backlog(): Backlog {
    return this.#backlog
  }

  /** Stores messages in the caller's transaction; as many as the window has room for will be sent right after its commit. */
  async insert(sql: Sql, messages: readonly Outgoing[]): Promise<Handoff> {
    const { publisher, window, leaseMs } = this.#options
    const maySend = this.#deathsCounted && publisher.waitingFor() === null
    const taken = maySend ? Math.min(messages.length, window - this.#fresh) : 0
    const free = (rows: number) => {
      this.#fresh -= rows
    }
    this.#fresh += taken
    try {
      const rows = await insertOutbox(sql, messages, { rows: taken, ms: leaseMs })
      const committed = () => {
        this.#sendAll(rows, 'relay', () => free(1))
        if (taken < messages.length) this.#sweepNow.ring()
      }
      return { committed, abandoned: () => free(taken) }
    } catch (error) {
      free(taken)
      throw error
    }
  }

  #sendAll(rows: readonly OutboxRow[], by: 'relay' | 'sweep', onEach: () => void): void {
    if (rows.length === 0) return
    const ended = this.#options.onSend(rows, by)
    void Promise.all(rows.map((row) => this.#send(row).finally(onEach))).finally(ended)
  }

  async #send(row: OutboxRow): Promise<void> {
    const { publisher, service, contentType, onError } = this.#options
    if (this.#onTheWay.has(row.seq)) return // its lease lapsed while the broker was slow, and the sweep found it
    this.#onTheWay.add(row.seq)
    const past = { deaths: row.deaths, exchange: row.originalExchange }
    try {
      await publisher.publish(row.to, toWire(row, service, contentType), past)
      this.#confirmed.push(row.seq)
    } catch (error) {
      this.#onTheWay.delete(row.seq) // the row stays, and is swept when its lease has lapsed
      onError(error, 'publish')
    }
  }

  async #sweepAgainAndAgain(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const more = await this.#sweep().catch((error) => this.#report(error, 'sweep'))
      if (!more) await this.#sweepNow.pause(this.#options.sweepEveryMs, signal)
    }
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
    const rows =
      sweepSize - this.#swept < this.#sweepStep || publisher.waitingFor() !== null
        ? []
        : await leaseOutbox(database, this.#sweepStep, leaseMs)
    this.#swept += rows.length
    this.#sendAll(rows, 'sweep', () => this.#afterSwept())
    return rows.length === this.#sweepStep
  }

  /** Room for another step: time for it, without waiting for the slowest. */
  #afterSwept(): void {
    this.#swept -= 1
    if (this.#swept === this.#options.sweepSize - this.#sweepStep) this.#sweepNow.ring()
  }

  /** How many rows one sweep takes. */
  get #sweepStep(): number {
    return Math.min(500, Math.ceil(this.#options.sweepSize / 2))
  }

  /** Measures the backlog, and tells the publisher once when everything is through that waited at the start. */
  async #measureAgainAndAgain(): Promise<void> {
    const { database, publisher, countUpTo, sweepEveryMs } = this.#options
    const { signal } = this.#stopping
    let waitedAtStart: number | undefined
    let drained = false
    const measure = async () => {
      waitedAtStart ??= await newestOutboxSeq(database)
      this.#backlog = await outboxBacklog(database, countUpTo)
      if (drained || (this.#backlog.oldestSeq ?? Number.POSITIVE_INFINITY) <= waitedAtStart) return
      drained = true
      publisher.drained()
    }
    while (!signal.aborted) {
      await measure().catch((error) => this.#report(error, 'measure'))
      await new Alarm().pause(sweepEveryMs, signal)
    }
  }

  /**
   * Deletes what is confirmed, in bulk: nobody waits for it, and each statement costs as much for one row as for many. A row
   * that a crash leaves behind goes out once more, and the inboxes know it.
   */
  async #deleteAgainAndAgain(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await new Alarm().pause(deleteEveryMs, signal)
      await this.#deleteConfirmed().catch((error) => this.#report(error, 'delete'))
    }
  }

  async #deleteConfirmed(): Promise<void> {
    const seqs = this.#confirmed.splice(0)
    if (seqs.length === 0) return
    try {
      await deleteOutbox(this.#options.database, seqs)
    } finally {
      for (const seq of seqs) this.#onTheWay.delete(seq)
    }
  }

  #report(error: unknown, step: 'sweep' | 'measure' | 'delete' | 'release'): false {
    this.#options.onError(error, step)
    return false
  }
}
