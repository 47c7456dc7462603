import { setTimeout as pause } from 'node:timers/promises'
import type { LoadDriver } from './load-driver.ts'

/** How soon after the last fault every order must be settled, ms. */
export const settledWithinMs = 60_000

/** How soon after they have arrived customers must have their answers, ms. */
export const answeredWithinMs = 2 * settledWithinMs

/** How long a request may take without faults, ms. */
export const calmTimeoutMs = 30_000

const pollEveryMs = 100

/** Resolves when every order is settled, or after `settledWithinMs`. */
export const untilSettled = async ({
  tracker,
  now,
  signal,
}: Pick<LoadDriver, 'tracker' | 'now' | 'signal'>): Promise<void> => {
  const startedMs = now()
  while (tracker.openCount() > 0 && now() < startedMs + settledWithinMs) await pause(pollEveryMs, undefined, { signal })
}
