/** The time of the oldest message of a batch, which shows how far its queue lags behind. */
import type { Incoming } from './incoming.ts'

/**
 * Of those that were readable and have never failed: the others have waited for their retries. Times in ISO format sort
 * as texts.
 */
export const oldestTime = (settled: readonly Incoming[]): string | undefined => {
  let oldest: string | undefined
  for (const incoming of settled) {
    const time = incoming.firstFailedAt === null ? incoming.message()?.time : undefined
    if (time !== undefined && (oldest === undefined || time < oldest)) oldest = time
  }
  return oldest
}
