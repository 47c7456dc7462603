/**
 * The conformance suite of gateways. It uses an adapter through the port only. The tests of an adapter call it with a
 * harness and the features of the gateway, and add tests of their own.
 */
import { describe } from 'vitest'
import { cancelling } from './cancelling.ts'
import { charging } from './charging.ts'
import { failing } from './failing.ts'
import type { Suite } from './harness.ts'
import { ledger } from './ledger.ts'
import { refunding } from './refunding.ts'

export type { GatewayFeatures, GatewayHarness, Suite, TestMethods } from './harness.ts'

/** Defines the tests for a vitest file. Each runs on its own harness, and disposes of it. */
export const gatewayConformance = (name: string, suite: Suite) =>
  describe(name, () => {
    charging(suite)
    cancelling(suite)
    refunding(suite)
    failing(suite)
    ledger(suite)
  })
