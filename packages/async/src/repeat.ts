import { setTimeout as delay } from 'node:timers/promises'

/** Resolves after `ms`, or at once when the signal is aborted. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await delay(ms, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Runs `step` again and again, with a pause in between, until the signal is aborted. Errors go to `onError`. */
export const repeat = async (
  step: () => Promise<void>,
  { everyMs, signal, onError }: { everyMs: number; signal: AbortSignal; onError: (error: unknown) => void },
): Promise<void> => {
  while (!signal.aborted) {
    await step().catch(onError)
    await pause(everyMs, signal)
  }
}
