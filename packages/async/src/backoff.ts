/** Delays between attempts to reach an unavailable dependency. */

export interface Backoff {
  /** The upper bound of the first delay, ms. It doubles with each failure. */
  readonly firstMs: number
  /** The longest delay, ms. */
  readonly maxMs: number
  /** From 0 to 1. */
  readonly random: () => number
}

/**
 * Exponential backoff with full jitter, ms: a random time between 0 and the upper bound, so that clients
 * that failed together do not retry together
 * (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
 */
export const backoffMs = (failures: number, { firstMs, maxMs, random }: Backoff): number =>
  random() * Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - 1))
