/** The histories detect bugs: each planted bug soon violates an invariant. */
import { expect, it } from 'vitest'
import { firstSeed } from './first-seed.ts'
import type { Handlers } from './handlers.ts'
import { InvariantViolation } from './invariants/check.ts'
import { plantedBugs } from './planted-bugs.ts'
import { runInMemory } from './run-in-memory.ts'

const histories = 10_000

/** These bugs may also be detected by a service, which then throws this. Any other error is a fault of the test. */
const thrown: Readonly<Record<string, RegExp>> = {
  'inventory ignores what is held already': /^Stock of \S+ would be /,
  'inventory gives the goods away at every OrderFulfilled': /^Stock of \S+ would be /,
  'an order is cancelled although it is fulfilled': /^Order \S+ was fulfilled: it can't be cancelled\.$/,
}

it.each(Object.entries(plantedBugs))('it is detected when %s', async (bug, handlers) => {
  const first = firstSeed()
  const { after, why } = await firstFailure(first, handlers, thrown[bug])
  console.log(`${bug}: detected after ${after} histories from HISTORIES_SEED=${first}. ${why}`)
  expect(after).toBeLessThanOrEqual(histories)
})

const firstFailure = async (
  first: number,
  handlers: Handlers,
  text?: RegExp,
): Promise<{ after: number; why: string }> => {
  for (let after = 1; after <= histories; after += 1) {
    try {
      await runInMemory(first + after - 1, handlers)
    } catch (error) {
      const { cause } = error as Error // from runInMemory
      if (!(cause instanceof InvariantViolation || (cause instanceof Error && text?.test(cause.message)))) throw error
      const [why = ''] = String(error).split('\n') // the first line
      return { after, why }
    }
  }
  return { after: Number.POSITIVE_INFINITY, why: 'nothing' }
}
