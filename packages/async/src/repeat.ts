import { pause } from './pause.ts'

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
