/**
 * The conformance suite of the Broker port. The tests of an adapter call it with a harness, and add tests of their own.
 * Order, times and ids are the same for all adapters. A harness can't withhold a confirm: an adapter to a broker that stores messages
 * tests on its own that `publish` then rejects with `Unconfirmed`, as amqp-unanswered.int.test.ts does.
 */
import { describe } from 'vitest'
import { delivering } from './delivering.ts'
import { depth } from './depth.ts'
import type { MakeHarness } from './harness.ts'
import { parking } from './parking.ts'
import { questions } from './questions.ts'
import { routing } from './routing.ts'
import { settling } from './settling.ts'

export * from './harness.ts'
export { type MemoryStores, memoryStores, StoreUnavailable } from './memory-stores.ts'

/** Defines the tests for a vitest file. Each runs on its own harness, which it closes. */
export const conformance = (name: string, makeHarness: MakeHarness) =>
  describe(name, () => {
    routing(makeHarness)
    delivering(makeHarness)
    settling(makeHarness)
    parking(makeHarness)
    depth(makeHarness)
    questions(makeHarness)
  })
