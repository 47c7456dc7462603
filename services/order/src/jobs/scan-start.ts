/** How long a scan may leave out the beginning of its index, ms. */
const wholeEveryMs = 600_000

/**
 * How far a scan begins before the place up to which an earlier one has found nothing, ms: transactions that were running then may
 * have inserted orders there.
 */
export const scanMarginMs = 300_000

export interface ScanStart<Key> {
  /** Where the next scan begins. Undefined at the beginning of the index. */
  readonly next: () => Key | undefined
  /** Call it after a scan, with the place before which there is nothing. */
  readonly found: (key: Key) => void
}

/**
 * Where a periodic scan of the open orders begins. The index keeps the entries of settled orders until they are vacuumed, at its
 * beginning. While a transaction is open for hours, no vacuum removes them, and each scan would read the rows of all of them. Every
 * ten minutes a scan begins there, because a failover that loses commits may have opened orders again, and the clock of an instance
 * may be behind.
 */
export const createScanStart = <Key>(): ScanStart<Key> => {
  let start: Key | undefined
  let wholeAtMs = Number.NEGATIVE_INFINITY
  return {
    next: () => {
      const nowMs = performance.now()
      if (nowMs - wholeAtMs < wholeEveryMs) return start
      wholeAtMs = nowMs
      return undefined
    },
    found: (key) => {
      start = key
    },
  }
}
