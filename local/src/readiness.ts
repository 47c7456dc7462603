import { setTimeout as pause } from 'node:timers/promises'
import type { Services } from './services.ts'

export interface WaitOptions {
  /** How long to wait, ms. */
  readonly withinMs: number
  /** The interval between two checks, ms. */
  readonly everyMs: number
  readonly signal: AbortSignal
}

/**
 * Waits until all services are ready. Resolves to those that are not ready in time, with their reasons. Rejects if the
 * signal is aborted.
 */
export const untilReady = async (
  services: Pick<Services, 'unready'>,
  { withinMs, everyMs, signal }: WaitOptions,
): ReturnType<Services['unready']> => {
  const begun = performance.now()
  for (;;) {
    const reasons = await services.unready()
    signal.throwIfAborted()
    if (reasons.size === 0 || performance.now() - begun > withinMs) return reasons
    await pause(everyMs, undefined, { signal })
  }
}
