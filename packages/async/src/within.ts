import { setTimeout as delay } from 'node:timers/promises'

/** Waits for the work, but no longer than `ms`. It then resolves too. Used for shutdowns, which must not hang. */
export const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const timer = new AbortController()
  try {
    await Promise.race([work, delay(ms, undefined, { signal: timer.signal })])
  } finally {
    timer.abort()
  }
}
