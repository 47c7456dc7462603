/**
 * The longest time without an answer of Postgres after which orders may expire at once, ms. After a longer one, this process or its
 * machine may have been stopped.
 */
const maxGapMs = 5_000

/**
 * How long expiry is paused after such a gap, ms. The broker may have ended a connection meanwhile, and if no packet tells so, this
 * process notices it only when it has got no answer for some seconds. The other services may have been stopped too: then they connect
 * again and send what waits.
 */
const pauseMs = 30_000

export interface Gaps {
  /** Postgres has answered. Returns the time since it last did, ms. */
  answered(): number
  /** Postgres has answered with its time. Returns the length of the gap that has ended now, ms. 0 if there was none. */
  checked(databaseNow: Date): number
  /** Null if no gap has ended lately. Otherwise the reason why expiry is paused. */
  paused(): string | null
}

/**
 * Detects that this process did not run. After SIGSTOP its clock shows the gap. While a machine is suspended that clock stands still,
 * and the clock of Postgres goes on.
 */
export const createGaps = (): Gaps => {
  let answeredAtMs = performance.now()
  let checkedAtMs = answeredAtMs
  let aheadMs = Number.POSITIVE_INFINITY
  let endedAtMs = Number.NEGATIVE_INFINITY
  return {
    answered: () => {
      const gapMs = performance.now() - answeredAtMs
      answeredAtMs += gapMs
      return gapMs
    },
    checked: (databaseNow) => {
      const nowMs = performance.now()
      const suspendedMs = databaseNow.getTime() - nowMs - aheadMs
      aheadMs = databaseNow.getTime() - nowMs
      const gapMs = Math.max(nowMs - Math.max(answeredAtMs, checkedAtMs), suspendedMs)
      checkedAtMs = nowMs
      if (gapMs <= maxGapMs) return 0
      endedAtMs = nowMs
      return gapMs
    },
    paused: () => {
      const endedForMs = performance.now() - endedAtMs
      if (endedForMs > pauseMs) return null
      return `this process was stopped, or Postgres did not answer, until ${Math.round(endedForMs / 1_000)} s ago`
    },
  }
}
