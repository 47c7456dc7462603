/** Two kinds of load: a fixed number of orders in flight, and a fixed rate of orders. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Shop } from './shop.ts'
import { type OrderTracker, trackOrders } from './tracker.ts'

export type LoadSpec =
  /** Keeps this many orders in flight. */
  | { readonly kind: 'closed'; readonly inFlight: number; readonly ms: number }
  /** Places orders at even intervals, whether or not the system keeps up. */
  | { readonly kind: 'open'; readonly perSecond: number; readonly ms: number }

/**
 * Called at both ends of the measured window, which begins when `begin` has resolved. In a closed loop the load is steady from
 * its begin to its end. In an open loop it lasts from the first order until the last one is settled.
 */
export interface WindowEnds {
  begin(): Promise<void>
  end(): void
}

export interface Measured {
  /** The duration of the window, ms. */
  readonly ms: number
  /** All orders of the load that were accepted, also outside of the window. */
  readonly accepted: number
  /** The number of orders that belong to the window: settled in it (closed), or placed in it (open). */
  readonly orders: number
  /** The time from the intended start until the order was seen settled, for each of these orders, ms. */
  readonly settledMs: readonly number[]
  /** The time from the intended start until the response, ms. */
  readonly acceptedMs: readonly number[]
  /** How much later than intended requests were sent, ms: how well the load generator kept up. */
  readonly lateMs: readonly number[]
}

/** The interval of the queries for settled orders, ms. It delays the next orders of a closed loop by half of it. */
const closedPollMs = 10
/**
 * The same for an open loop: a twentieth of the present latency, within these bounds. A latency is too long by half of it on
 * average, and the queries take little CPU from the measured system.
 */
const openPollMs = { min: 2, max: 10, share: 0.05 }
/** How long a closed loop runs before its window begins, ms. */
const rampMs = 500
/** Also the longest extension of a closed loop's window, until an order is settled in it: a slow system has figures, too. */
const settleWithinMs = 60_000

/** Runs a load. Resolves when all of its orders are settled. @throws if an order is not accepted, or not settled within 60 s. */
export const runLoad = (shop: Shop, load: LoadSpec, ends: WindowEnds): Promise<Measured> =>
  load.kind === 'closed' ? keepInFlight(shop, load, ends) : placeAtRate(shop, load, ends)

type Closed = Extract<LoadSpec, { kind: 'closed' }>
type Open = Extract<LoadSpec, { kind: 'open' }>

const keepInFlight = async (shop: Shop, { inFlight, ms }: Closed, ends: WindowEnds): Promise<Measured> => {
  const tracker = trackOrders(shop)
  const turn = async () => {
    for (let room = inFlight - tracker.inFlight; room > 0; room -= 1) tracker.place(performance.now())
    await pause(closedPollMs)
    await tracker.poll()
  }
  for (const begun = performance.now(); performance.now() - begun < rampMs; ) await turn()
  let isMeasuring = false
  const beginning = ends.begin().then(() => {
    isMeasuring = true
  })
  while (!isMeasuring) await turn()
  await beginning
  const [begun, settled, accepted] = [performance.now(), tracker.settledMs.length, tracker.acceptedMs.length]
  const elapsed = () => performance.now() - begun
  while (elapsed() < ms || (tracker.settledMs.length === settled && elapsed() < settleWithinMs)) await turn()
  ends.end()
  const measured = {
    ms: elapsed(),
    settledMs: tracker.settledMs.slice(settled),
    acceptedMs: tracker.acceptedMs.slice(accepted),
    lateMs: [],
  }
  await finish(tracker, closedPollMs)
  return { ...measured, orders: measured.settledMs.length, accepted: tracker.acceptedMs.length }
}

const placeAtRate = async (shop: Shop, { perSecond, ms }: Open, ends: WindowEnds): Promise<Measured> => {
  const tracker = trackOrders(shop)
  const lateMs: number[] = []
  await ends.begin()
  const begun = performance.now()
  const placing = async () => {
    for (let placed = 0; placed < (perSecond * ms) / 1_000; placed += 1) {
      const intended = begun + (placed * 1_000) / perSecond
      await until(intended)
      lateMs.push(performance.now() - intended)
      tracker.place(intended)
    }
    await until(begun + ms)
  }
  let isPlacing = true
  const placed = placing().finally(() => {
    isPlacing = false
  })
  const polling = async () => {
    while (isPlacing) {
      await pause(pollMs(tracker.settledMs))
      await tracker.poll()
    }
  }
  await Promise.all([placed, polling()])
  await finish(tracker, openPollMs.max)
  ends.end() // the orders of a system that did not keep up are part of its window
  const { settledMs, acceptedMs } = tracker
  const counts = { orders: settledMs.length, accepted: acceptedMs.length }
  return { ms: performance.now() - begun, settledMs, acceptedMs, lateMs, ...counts }
}

/** @param settledMs - the latencies so far, of which the last ones count */
const pollMs = (settledMs: readonly number[]): number => {
  const last = settledMs.slice(-10)
  const average = last.reduce((sum, one) => sum + one, 0) / last.length || 0
  return Math.min(openPollMs.max, Math.max(openPollMs.min, average * openPollMs.share))
}

/** Resolves at that time or up to 2 ms later, never earlier. */
const until = async (time: number): Promise<void> => {
  for (let left = time - performance.now(); left > 0; left = time - performance.now()) await pause(Math.ceil(left))
}

/** @throws if an order is not settled in time. */
const finish = async (tracker: OrderTracker, everyMs: number): Promise<void> => {
  for (const begun = performance.now(); tracker.inFlight > 0; await pause(everyMs)) {
    await tracker.poll()
    if (performance.now() - begun > settleWithinMs)
      throw new Error(`${tracker.inFlight} orders were not settled within ${settleWithinMs / 1_000} s.`)
  }
  await tracker.poll()
}
