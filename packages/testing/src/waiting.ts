/** Waiting for a condition in a test. The time limit only ends a test that has failed, so it suits a slow machine. */
import { vi } from 'vitest'

interface WaitOptions {
  /** The time limit, ms; default: 60,000. Set it if the test must fail when the product is late. */
  readonly timeout?: number
  /** The time between two checks, ms; default: 20. */
  readonly interval?: number
}

const patient = { timeout: 60_000, interval: 20 }

/** Waits until `check` neither throws nor rejects, and returns its result. @throws its last error at the time limit. */
export const waitFor = <Result>(check: () => Result | Promise<Result>, options: WaitOptions = {}): Promise<Result> =>
  vi.waitFor(check, { ...patient, ...options })

/** Waits until `read` returns a truthy value, and returns it. @throws at the time limit. */
export const waitUntil = <Result>(
  read: () => Result | Promise<Result>,
  options: WaitOptions = {},
): ReturnType<typeof vi.waitUntil<Result>> => vi.waitUntil(read, { ...patient, ...options })
