export interface DatabaseClock {
  /** The database's time: the local clock plus their difference. */
  now(): Date
  /**
   * Measures the difference again. Before the first measurement it is 0. It changes only if the measurement contradicts it, so that
   * services whose machine has the same clock as their databases agree on the time. False if reading the time took longer than a
   * second: the difference is then changed only as far as this measurement shows for certain.
   * @throws what the function throws that reads the time.
   */
  measure(): Promise<boolean>
  /**
   * Whether the database's clock has gone ahead by more than a minute within the last hour, compared with the monotonic clock of this
   * process, and in the first measurement with the machine's clock, which may be wrong. True after a suspension of the machine too.
   */
  wentAhead(): boolean
}

const longestRoundTripMs = 1_000
const ahead = { byMs: 60_000, withinMs: 3_600_000 }
/** The driver truncates the time to whole ms. */
const resolutionMs = 1

/** A monotonic clock of this process, in ms since 1970 by the machine's clock at the start. */
const monotonicNow = (): number => performance.timeOrigin + performance.now()

/**
 * The clock of the database, which all instances of a service share, without a query for each call.
 * @param readTime - reads the database's time by a query
 */
export const databaseClock = (readTime: () => Promise<Date>, localNow: () => number = monotonicNow): DatabaseClock => {
  let offsetMs = 0
  let aheadAtMs = Number.NEGATIVE_INFINITY
  return {
    now: () => new Date(localNow() + offsetMs),
    measure: async () => {
      const sentAt = localNow()
      const now = await readTime()
      const receivedAt = localNow()
      const leastMs = now.getTime() - receivedAt
      const mostMs = now.getTime() + resolutionMs - sentAt
      const beforeMs = offsetMs
      const isPrecise = receivedAt - sentAt <= longestRoundTripMs
      if (!isPrecise) offsetMs = Math.min(Math.max(offsetMs, leastMs), mostMs)
      else if (offsetMs < leastMs || offsetMs > mostMs) offsetMs = (leastMs + mostMs) / 2
      if (offsetMs - beforeMs > ahead.byMs) aheadAtMs = receivedAt
      return isPrecise
    },
    wentAhead: () => localNow() - aheadAtMs < ahead.withinMs,
  }
}
