/** How far a queue lags behind: the greatest age of the messages that were handled lately. */

export interface LagMeter {
  /** Records a batch by the age of its oldest message, ms. */
  readonly add: (ageMs: number) => void
  /** The greatest age that was recorded in the last one to two intervals, ms. Null without a batch in that time. */
  readonly read: () => number | null
}

export interface LagMeterOptions {
  /** Default: 5 s. */
  readonly intervalMs?: number
  /** A monotonic clock, ms. */
  readonly now?: () => number
}

export const createLagMeter = ({
  intervalMs = 5_000,
  now = () => performance.now(),
}: LagMeterOptions = {}): LagMeter => {
  let interval = { startMs: now(), maxMs: null as number | null }
  let previousMs: number | null = null
  const advance = () => {
    const passed = Math.floor((now() - interval.startMs) / intervalMs)
    if (passed === 0) return
    previousMs = passed === 1 ? interval.maxMs : null
    interval = { startMs: interval.startMs + passed * intervalMs, maxMs: null }
  }
  return {
    add: (ageMs) => {
      advance()
      interval.maxMs = Math.max(interval.maxMs ?? 0, ageMs)
    },
    read: () => {
      advance()
      const known = [previousMs, interval.maxMs].filter((ms) => ms !== null)
      return known.length > 0 ? Math.max(...known) : null
    },
  }
}
