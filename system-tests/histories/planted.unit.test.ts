/** The histories detect bugs: each planted bug soon violates a law. */
import { expect, it } from 'vitest'
import type { Cast } from './cast.ts'
import { firstSeed } from './first-seed.ts'
import { plantedBugs } from './planted-bugs.ts'
import { playInMemory } from './play-in-memory.ts'

const histories = 10_000

it.each(Object.entries(plantedBugs))('it is detected when %s', { timeout: 60_000 }, async (bug, cast) => {
  const first = firstSeed()
  const { after, why } = await firstFailure(first, cast)
  console.log(`${bug}: detected after ${after} histories from HISTORIES_SEED=${first}. ${why}`)
  expect(after).toBeLessThanOrEqual(histories)
})

const firstFailure = async (first: number, cast: Cast): Promise<{ after: number; why: string }> => {
  for (let after = 1; after <= histories; after += 1) {
    try {
      await playInMemory(first + after - 1, cast)
    } catch (error) {
      const [why = ''] = String(error).split('\n') // the first line
      return { after, why }
    }
  }
  return { after: Number.POSITIVE_INFINITY, why: 'nothing' }
}
