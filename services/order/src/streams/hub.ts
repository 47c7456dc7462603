/**
 * Reads new events once for all streams of this instance. It passes them on to the streams of all orders, and wakes those of one
 * order, which read them themselves. It reads while streams are open: after each commit of this instance, and regularly for the
 * commits of others. The table decides: a wake-up that is lost costs a delay, no event.
 */
import { Alarm, onceASecond, pause } from '@quadrille/async'
import type { Database } from '@quadrille/postgres'
import type { Context, EventSink } from '@quadrille/service'
import { includes, type Position, positionAfter, positionAt, type Snapshot } from '../db/history-position.ts'
import { readAdded, readNewest } from '../db/history-stream.ts'
import { createSubscriptions, type Selection, type Take } from './subscriptions.ts'
import { untilClosed } from './until-closed.ts'

type Sink = Pick<EventSink, 'closed' | 'close'>

export interface Follower {
  readonly sink: Sink
  readonly take: Take
}

export interface OrderFollower {
  readonly sink: Sink
  /** Called after events of the order were added. They can be read. */
  readonly onAdded: () => void
}

export interface Following {
  /** The position from which events are passed on. */
  readonly from: Position
  /** Ends it, before the stream is closed. */
  readonly stop: () => void
}

export interface HubOptions {
  readonly database: Pick<Database, 'query'>
  readonly log: Pick<Context<unknown>['log'], 'warn'>
}

type Attempt<Result> = (at: Position, snapshot: Snapshot) => Result | null

/** How often it polls for commits of other instances, ms. */
const pollEveryMs = 100
/** The minimum pause between two polls, ms. Under load, the events of one pause share a statement, and one write per stream. */
const minPauseMs = 20
/** After a poll that reads at least this many events, it waits for the next regular poll: polling takes time from the orders. */
const manyEvents = 50
/** The pause is at least this many times as long as the writes took, so that many streams leave time for other work. */
const pauseFactor = 4
/** The pause after a failure, ms. */
export const failurePauseMs = 1_000
/** The maximum number of events that are read at a time. */
const maxEvents = 500

const neverAborted = new AbortController().signal

export class Hub {
  readonly #database: HubOptions['database']
  /** Logs that new events cannot be read, at most once a second. */
  readonly warn: (error: unknown) => void
  readonly #sinks = new Set<Sink>()
  readonly #subscriptions = createSubscriptions()
  /** The streams that wait for a position. Each is called after a poll. */
  readonly #arriving = new Set<() => void>()
  readonly #alarm = new Alarm()
  #position: Position | null = null
  /** The snapshot of the last read. It also tells of transactions that have no events. */
  #snapshot: Snapshot | null = null
  #isRunning = false
  /** How long the last poll has written to streams, ms. */
  #writingMs = 0
  /** How many events the last poll has read. */
  #eventsRead = 0
  /** True between two parts of a long read: a part of a transaction may have been passed on. */
  #isBehind = false

  constructor({ database, log }: HubOptions) {
    this.#database = database
    this.warn = onceASecond((err) => log.warn({ err }, 'new events cannot be read; the streams wait'))
  }

  /** All events up to here were passed on. Null while no stream is open. */
  get position(): Position | null {
    return this.#position
  }

  /** Reads soon. Does nothing while no stream is open. */
  wake(): void {
    if (this.#isRunning) this.#alarm.ring()
  }

  /**
   * Passes on all events that match, as server-sent events, from the moment at which it has reached the position, until the stream is
   * closed. Resolves at that moment: the stream must read what lies between the position and `from`. Null if it is closed before.
   */
  follow(after: Position, selection: Selection, { sink, take }: Follower): Promise<Following | null> {
    return this.#arrive(sink, (from, snapshot) =>
      includes(snapshot, after) ? { from, stop: untilClosed(sink, this.#subscriptions.add(selection, take)) } : null,
    )
  }

  /** Tells of new events of an order until the stream is closed. When it resolves, all earlier ones can be read. */
  async followOrder(orderId: string, { sink, onAdded }: OrderFollower): Promise<void> {
    await this.#arrive(sink, () => {
      untilClosed(sink, this.#subscriptions.addOrder(orderId, onAdded))
      return {}
    })
  }

  /** Resolves to the first result of `attempt`, which is called after each poll. Null if the stream is closed before. */
  #arrive<Result extends object>(sink: Sink, attempt: Attempt<Result>): Promise<Result | null> {
    this.#join(sink)
    return new Promise((resolve) => {
      if (sink.closed.aborted) return resolve(null)
      const tryNow = () => this.#position && this.#snapshot && attempt(this.#position, this.#snapshot)
      const arrived = this.#isBehind ? null : tryNow()
      if (arrived) return resolve(arrived)
      const leave = untilClosed(sink, () => {
        this.#arriving.delete(hasArrived)
        resolve(null)
      })
      const hasArrived = () => {
        const result = tryNow()
        if (result) resolve(result)
        if (result) leave()
      }
      this.#arriving.add(hasArrived)
      this.#alarm.ring()
    })
  }

  #join(sink: Sink): void {
    if (this.#sinks.has(sink) || sink.closed.aborted) return
    this.#sinks.add(sink)
    untilClosed(sink, () => {
      this.#sinks.delete(sink)
      if (this.#sinks.size === 0) this.#alarm.ring()
    })
    if (!this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#sinks.size > 0) {
      try {
        this.#writingMs = 0
        this.#eventsRead = 0
        await this.#poll()
        const pauseMs = this.#eventsRead < manyEvents ? minPauseMs : pollEveryMs
        await pause(Math.max(pauseMs, pauseFactor * this.#writingMs), neverAborted)
        await this.#alarm.pause(pollEveryMs - pauseMs, neverAborted)
      } catch (error) {
        this.warn(error)
        await pause(failurePauseMs, neverAborted)
      }
    }
    this.#isRunning = false
    this.#isBehind = false
    this.#position = null
    this.#snapshot = null
  }

  /** Reads and passes on all events that were added. */
  async #poll(): Promise<void> {
    do await this.#read()
    while (this.#isBehind && this.#sinks.size > 0)
    for (const hasArrived of this.#arriving) hasArrived()
  }

  async #read(): Promise<void> {
    const from = this.#position ?? (await readNewest(this.#database))
    const withOrders = this.#subscriptions.selectByOrder()
    const added = await readAdded(this.#database, from, { limit: maxEvents, withOrders })
    if (!withOrders && this.#subscriptions.selectByOrder()) return this.#read() // a stream has joined meanwhile
    if (!includes(added.snapshot, { ...from, snapshot: this.#snapshot ?? from.snapshot })) return this.#startOver()
    const begunMs = performance.now()
    this.#subscriptions.publish(from, added)
    this.#writingMs += performance.now() - begunMs
    this.#eventsRead += added.events.length
    const last = added.events.at(-1)
    this.#snapshot = added.snapshot
    this.#isBehind = !added.isComplete
    this.#position =
      last && this.#isBehind
        ? positionAfter(from, added.snapshot, last)
        : positionAt(from, added.snapshot, last ?? from.last)
  }

  /** Postgres has lost transactions, by a failover to a server that lacked them. The clients resume, if they can. */
  #startOver(): void {
    this.#position = null
    this.#snapshot = null
    this.#isBehind = false
    for (const sink of this.#sinks) sink.close()
  }
}
