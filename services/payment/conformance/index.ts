/**
 * The conformance suite for gateway adapters. It uses an adapter through the port only. An adapter's test calls it with a
 * harness and the features of the gateway.
 */
import { describe } from 'vitest'
import { cancelling } from './cancelling.ts'
import { charging } from './charging.ts'
import { failing } from './failing.ts'
import type { Suite } from './harness.ts'
import { ledger } from './ledger.ts'
import { refunding } from './refunding.ts'

export type { GatewayFeatures, GatewayHarness, Suite, TestMethods } from './harness.ts'

/** Defines the tests in a vitest file. Each test creates a harness, and disposes of it. */
export const gatewayConformance = (name: string, suite: Suite) =>
  describe(name, () => {
    charging(suite)
    cancelling(suite)
    refunding(suite)
    failing(suite)
    ledger(suite)
  })
