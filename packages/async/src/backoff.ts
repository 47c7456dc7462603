/** Waiting between attempts at something that is away. */

export interface Backoff {
  /** The longest first wait, ms. It doubles with each failure. */
  readonly firstMs: number
  /** The longest wait, ms. */
  readonly maxMs: number
  /** From 0 to 1. */
  readonly random: () => number
}

/**
 * Exponential backoff with full jitter, ms: anything between nothing and the whole wait, so that clients that failed
 * together don't come back together (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
 */
export const backoffMs = (failures: number, { firstMs, maxMs, random }: Backoff): number =>
  random() * Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - 1))
