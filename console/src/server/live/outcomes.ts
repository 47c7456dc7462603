/** Counts how orders end, in intervals of five seconds, for the last five minutes. */
import { type OrderEvent, placedAtMs } from './order-event.ts'

export const intervalMs = 5_000
const intervals = 60
/** The number of durations of an interval that are kept. Beyond that a random sample of this size is. */
const maxSamples = 256

export interface Interval {
  readonly fulfilled: number
  /** By reason. */
  readonly cancelled: Readonly<Record<string, number>>
  /** The time from the placing of an order to its end, ms. Null if no order ended. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

export interface Outcomes {
  readonly intervalMs: number
  /** The oldest first. The last one is not over yet. */
  readonly intervals: readonly Interval[]
}

export interface OutcomeCounter {
  /** Counts an event, if it ends an order. Returns whether it does. */
  add(event: OrderEvent): boolean
  read(): Outcomes
}

/** An interval while its orders are counted. */
interface Bucket {
  readonly startMs: number
  fulfilled: number
  readonly cancelled: Record<string, number>
  readonly samples: number[]
  /** The number of orders whose duration is known. */
  timed: number
}

/** @param random from 0 to below 1. */
export const countOutcomes = (nowMs: () => number, random: () => number): OutcomeCounter => {
  const buckets: Bucket[] = []
  const current = (): Bucket => {
    const startMs = Math.floor(nowMs() / intervalMs) * intervalMs
    const last = buckets.at(-1)
    if (last && last.startMs >= startMs) return last // even if the clock was set back
    const opened = { startMs, fulfilled: 0, cancelled: {}, samples: [], timed: 0 }
    buckets.push(opened)
    if (buckets.length > intervals) buckets.shift()
    return opened
  }
  return {
    add: (event) => {
      if (event.type !== 'OrderFulfilled' && event.type !== 'OrderCancelled') return false
      const bucket = current()
      const reason = event.reason ?? 'unknown'
      if (event.type === 'OrderFulfilled') bucket.fulfilled += 1
      else bucket.cancelled[reason] = (bucket.cancelled[reason] ?? 0) + 1
      addSample(bucket, event.atMs - placedAtMs(event.orderId), random)
      return true
    },
    read: () => {
      const last = current()
      const starts = Array.from(
        { length: intervals },
        (_, index) => last.startMs - (intervals - 1 - index) * intervalMs,
      )
      const byStart = new Map(buckets.map((bucket) => [bucket.startMs, bucket]))
      return { intervalMs, intervals: starts.map((start) => shown(byStart.get(start))) }
    },
  }
}

/** Reservoir sampling (algorithm R). The clocks of two instances may differ, so a duration may be negative; it counts as 0. */
const addSample = (bucket: Bucket, durationMs: number, random: () => number): void => {
  if (Number.isNaN(durationMs)) return
  bucket.timed += 1
  const place = bucket.samples.length < maxSamples ? bucket.samples.length : Math.floor(random() * bucket.timed)
  if (place < maxSamples) bucket.samples[place] = Math.max(0, durationMs)
}

const shown = (bucket: Bucket | undefined): Interval => {
  if (!bucket) return { fulfilled: 0, cancelled: {}, p50Ms: null, p95Ms: null }
  const sorted = bucket.samples.toSorted((one, other) => one - other)
  const { fulfilled, cancelled } = bucket
  return { fulfilled, cancelled: { ...cancelled }, p50Ms: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95) }
}

/** The nearest rank. */
const quantile = (sorted: readonly number[], share: number): number | null =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
