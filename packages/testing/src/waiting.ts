/** Waiting for a condition in a test. */
import { setTimeout as pause } from 'node:timers/promises'
import { patienceMs } from './patience.ts'

interface WaitOptions {
  /** The time after which no further check begins, ms. Default: `patienceMs`. A check that hangs ends with the time limit of the test. */
  readonly timeout?: number
  /** The time between two checks, ms. Default: 20 at first, later a fifth of the time waited so far, up to 100. */
  readonly interval?: number
}

interface UntilOptions extends WaitOptions {
  /** For the error: what it waits for. */
  readonly what?: string
}

type Truthy<Value> = Exclude<Value, false | 0 | 0n | '' | null | undefined>

/** Waits until `check` neither throws nor rejects, and returns its result. @throws its last error at the time limit. */
export const waitFor = async <Result>(
  check: () => Result | Promise<Result>,
  options: WaitOptions = {},
): Promise<Result> => {
  const wait = waits(options)
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (!(await wait())) throw error
    }
  }
}

/** Waits until `read` returns a truthy value, and returns it. @throws at the time limit, and what `read` throws. */
export const waitUntil = async <Result>(
  read: () => Result | Promise<Result>,
  { what = 'a condition', ...options }: UntilOptions = {},
): Promise<Truthy<Awaited<Result>>> => {
  const wait = waits(options)
  for (;;) {
    const result = await read()
    if (result) return result as Truthy<Awaited<Result>>
    if (!(await wait())) throw new Error(`Still waiting for ${what}: it is ${String(result)}.`)
  }
}

/** Returns a function that waits for the next check. It resolves to false at the time limit. */
const waits = ({ timeout = patienceMs(), interval }: WaitOptions): (() => Promise<boolean>) => {
  const begunMs = performance.now()
  return async () => {
    const waitedMs = performance.now() - begunMs
    if (waitedMs > timeout) return false
    await pause(interval ?? Math.min(100, Math.max(20, waitedMs / 5))) // each check takes time from what it waits for
    return true
  }
}
