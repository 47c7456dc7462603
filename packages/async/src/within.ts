import { setTimeout as delay } from 'node:timers/promises'

/** Settles as the work does, but resolves after `ms` at the latest. Used for shutdowns, which must not hang. */
export const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const timer = new AbortController()
  try {
    await Promise.race([work, delay(ms, undefined, { signal: timer.signal })])
  } finally {
    timer.abort()
  }
}
