/** One history in memory, with all of its laws. */
import type { InFlight } from './bag.ts'
import type { Cast } from './cast.ts'
import { checkAfterReplay, checkAtRest, snapshotOf } from './laws/at-rest.ts'
import { watchSettling } from './laws/settling.ts'
import { type MemoryWorld, memoryWorld } from './memory-world.ts'
import type { Performance } from './performance.ts'
import { play, replay } from './play.ts'

/** @throws {Error} with the seed and the story, if a law is violated. */
export const playInMemory = async (seed: number, cast?: Cast): Promise<Performance<MemoryWorld>> => {
  const drawn: InFlight[] = []
  try {
    const options = { seed, open: memoryWorld(cast), watch: watchSettling(), drawn }
    const performance = await play(options)
    checkAtRest(performance)
    const before = snapshotOf(performance)
    performance.world.forgetInboxes()
    checkAfterReplay(performance, before, await replay(performance, options))
    return performance
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(numbered([`With HISTORIES_SEED=${seed}: ${why}`, ...drawn.map(told)].join('\n')), { cause })
  }
}

const told = (entry: InFlight): string =>
  'to' in entry ? `  ${entry.to} hears ${entry.message.type} ${entry.message.subject}` : `  ${entry.name}`

/** Orders by their number, in the order of their appearance. */
const numbered = (story: string): string => {
  const orders = [...new Set(story.match(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g))]
  return orders.reduce((text, orderId, index) => text.replaceAll(orderId, `#${index + 1}`), story)
}
