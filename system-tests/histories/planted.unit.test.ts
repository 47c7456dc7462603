/** The histories detect bugs: each planted bug soon violates an invariant. */
import { expect, it } from 'vitest'
import { firstSeed } from './first-seed.ts'
import type { Handlers } from './handlers.ts'
import { InvariantViolation } from './invariants/check.ts'
import { plantedBugs } from './planted-bugs.ts'
import { runInMemory } from './run-in-memory.ts'

const histories = 10_000

/** Some bugs are first detected by an assertion of a service. Any other error is a fault of the test. */
const assertions = /^(Stock of|Order|A refund of order|The charge of order|\w+ is about order) /

it.each(Object.entries(plantedBugs))('it is detected when %s', async (bug, handlers) => {
  const first = firstSeed()
  const { after, why } = await firstFailure(first, handlers)
  console.log(`${bug}: detected after ${after} histories from HISTORIES_SEED=${first}. ${why}`)
  expect(after).toBeLessThanOrEqual(histories)
})

const firstFailure = async (first: number, handlers: Handlers): Promise<{ after: number; why: string }> => {
  for (let after = 1; after <= histories; after += 1) {
    try {
      await runInMemory(first + after - 1, handlers)
    } catch (error) {
      const cause = error instanceof Error ? error.cause : error // from runInMemory
      const isDetection =
        cause instanceof InvariantViolation || (cause instanceof Error && assertions.test(cause.message))
      if (!isDetection) throw error
      const [why = ''] = String(error).split('\n') // the first line
      return { after, why }
    }
  }
  return { after: Number.POSITIVE_INFINITY, why: 'nothing' }
}
