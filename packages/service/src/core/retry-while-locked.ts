import { setTimeout as pause } from 'node:timers/promises'
import { lockNotAvailable } from '@quadrille/postgres'

/** Reactions lock a row for milliseconds. */
const timeoutMs = 500
const maxPauseMs = 20

/**
 * Repeats an access that skips locked rows while it resolves to `locked`, with pauses of up to 20 ms, for 500 ms. So a statement
 * for many rows does not wait for one of them. `row`: its name in the error.
 * @throws the error of `nowait` if the row is still locked after that.
 */
export const retryWhileLocked = async <Result>(
  access: () => Promise<Result | 'locked'>,
  row: string,
): Promise<Result> => {
  for (const deadline = performance.now() + timeoutMs; ; await pause(Math.random() * maxPauseMs)) {
    const result = await access()
    if (result !== 'locked') return result
    if (performance.now() > deadline) throw lockNotAvailable(`Another session has locked ${row}.`)
  }
}
