import { pause } from './pause.ts'

/** Runs `step` repeatedly, with a pause in between, until the signal aborts, which `step` may observe. Errors go to `onError`. */
export const repeat = async (
  step: (signal: AbortSignal) => Promise<void>,
  { everyMs, signal, onError }: { everyMs: number; signal: AbortSignal; onError: (error: unknown) => void },
): Promise<void> => {
  while (!signal.aborted) {
    try {
      await step(signal)
    } catch (error) {
      onError(error) // a step that isn't async may also throw
    }
    await pause(everyMs, signal)
  }
}
