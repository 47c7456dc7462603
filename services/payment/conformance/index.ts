/**
 * The conformance suite: what each adapter of the gateway port guarantees. It sees an adapter through the port alone. An adapter's
 * own tests call it with a harness and with the features that its gateway has, and add what only that adapter has.
 */
import { describe } from 'vitest'
import { cancelling } from './cancelling.ts'
import { charging } from './charging.ts'
import { failing } from './failing.ts'
import type { Suite } from './harness.ts'
import { ledger } from './ledger.ts'
import { refunding } from './refunding.ts'

export type { GatewayFeatures, GatewayHarness, Suite, TestMethods } from './harness.ts'

/** Defines the tests, for a vitest file. Each runs on a harness of its own, which it disposes of. */
export const gatewayConformance = (name: string, suite: Suite) =>
  describe(name, () => {
    charging(suite)
    cancelling(suite)
    refunding(suite)
    failing(suite)
    ledger(suite)
  })
