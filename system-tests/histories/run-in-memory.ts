/** Runs one history in memory, and checks all invariants. */

import type { Handlers } from './handlers.ts'
import { checkAfterReplay, checkAtRest, snapshotOf } from './invariants/at-rest.ts'
import { watchSettling } from './invariants/settling.ts'
import { type MemoryWorld, memoryWorld } from './memory-world.ts'
import type { InFlight } from './pool.ts'
import type { HistoryRun } from './run.ts'
import { replay, runHistory } from './run-history.ts'

/** @throws {Error} with the seed and the steps, if an invariant is violated. */
export const runInMemory = async (seed: number, handlers?: Handlers): Promise<HistoryRun<MemoryWorld>> => {
  const drawn: InFlight[] = []
  try {
    const options = { seed, open: memoryWorld(handlers), watch: watchSettling(), drawn }
    const run = await runHistory(options)
    checkAtRest(run)
    const before = snapshotOf(run)
    run.world.forgetInboxes()
    checkAfterReplay(run, before, await replay(run, options))
    return run
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(numbered([`With HISTORIES_SEED=${seed}: ${why}`, ...drawn.map(describe)].join('\n')), { cause })
  }
}

const describe = (entry: InFlight): string =>
  'to' in entry ? `  ${entry.to} receives ${entry.message.type} ${entry.message.subject}` : `  ${entry.name}`

/** Replaces order ids by #1, #2 and so on. */
const numbered = (steps: string): string => {
  const orders = [...new Set(steps.match(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g))]
  return orders.reduce((text, orderId, index) => text.replaceAll(orderId, `#${index + 1}`), steps)
}
