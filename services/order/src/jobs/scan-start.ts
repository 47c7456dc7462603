/**
 * How long a scan may leave out the beginning of its index, ms. Also after a whole scan that has failed: perhaps it takes too long,
 * and the next ones shall succeed. Until one has succeeded after a start, all are whole.
 */
const wholeEveryMs = 600_000

/**
 * How far a scan begins before the time before which an earlier one has found nothing, ms: transactions that were running then may
 * have inserted orders there.
 */
const marginMs = 300_000

export interface ScanStart {
  /** The time at which the next scan begins, ms since 1970. 0 at the beginning of the index. */
  readonly next: () => number
  /** Call it after a scan, with the time before which it has left nothing that it looks for. */
  readonly nothingBefore: (timeMs: number) => void
}

/**
 * Where a periodic scan begins, in an index by time: that of the open orders, or of the histories to delete. The index keeps
 * the entries of settled orders and deleted events until they are vacuumed, at its beginning. While a transaction is open for
 * hours, no vacuum removes them, and each scan would read the rows of all of them. Every ten minutes a scan begins there, because
 * a failover that loses commits may have opened orders again, the history of an order that took long is deleted later than those
 * around it, and the time of another instance is behind after its machine has slept. If this clock was set back, a scan begins
 * before the new time.
 */
export const createScanStart = (now: () => Date): ScanStart => {
  let startMs = 0
  let wholeAtMs = Number.NEGATIVE_INFINITY
  return {
    next: () => {
      const nowMs = performance.now()
      if (nowMs - wholeAtMs < wholeEveryMs) return Math.min(startMs, Math.max(0, now().getTime() - marginMs))
      wholeAtMs = nowMs
      return 0
    },
    nothingBefore: (timeMs) => {
      startMs = Math.max(0, timeMs - marginMs)
    },
  }
}
