/** Does something to dead letters, one after the other. */
import { isAbort, textOf } from '../../api/client.ts'
import type { DeadLetter } from '../../api/types.ts'

interface OneByOne {
  readonly letters: readonly DeadLetter[]
  readonly act: (letter: DeadLetter, signal: AbortSignal) => Promise<void>
  /** Stops it after the dead letter in progress. */
  readonly signal: AbortSignal
  /** Called before each, with the number of those that were done. */
  readonly onProgress: (done: number) => void
  /** Called with one line for each dead letter with which it failed. */
  readonly onFailure: (line: string) => void
}

/** An error concerns one dead letter, and the others go on. It is reported also if the work was stopped meanwhile. */
export const oneByOne = async ({ letters, act, signal, onProgress, onFailure }: OneByOne): Promise<void> => {
  for (const [done, letter] of letters.entries()) {
    onProgress(done)
    await act(letter, signal).catch((error: unknown) => {
      if (!isAbort(error)) onFailure(`${letter.type} ${letter.id}: ${textOf(error)}`)
    })
    if (signal.aborted) return
  }
}
