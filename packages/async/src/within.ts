import { setTimeout as delay } from 'node:timers/promises'

/** Waits for the work, but no longer than `ms`: for a stop, which must not hang on somebody who doesn't answer. */
export const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const timer = new AbortController()
  try {
    await Promise.race([work, delay(ms, undefined, { signal: timer.signal })])
  } finally {
    timer.abort()
  }
}
