/**
 * The conformance suite: what every adapter of the Broker port guarantees. An adapter's own tests call it with a harness, and
 * add what only that adapter has. The order, the times and the ids are the same for all.
 */
import { describe } from 'vitest'
import { delivering } from './delivering.ts'
import { depth } from './depth.ts'
import type { MakeHarness } from './harness.ts'
import { parking } from './parking.ts'
import { routing } from './routing.ts'
import { settling } from './settling.ts'

export * from './harness.ts'
export { type MemoryStores, memoryStores, StoreAway } from './memory-stores.ts'

/** Defines the tests, for a vitest file. Each runs on a harness of its own, which it closes. */
export const conformance = (name: string, makeHarness: MakeHarness) =>
  describe(name, () => {
    routing(makeHarness)
    delivering(makeHarness)
    settling(makeHarness)
    parking(makeHarness)
    depth(makeHarness)
  })
