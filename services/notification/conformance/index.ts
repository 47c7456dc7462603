/**
 * The conformance suite of channels. It uses a channel through the port only. The tests of a channel call it with a
 * harness and the features of the transport, and add tests of their own.
 */
import { describe } from 'vitest'
import { claiming } from './claiming.ts'
import { delivering } from './delivering.ts'
import type { ChannelSuite } from './harness.ts'

export type { ChannelHarness, ChannelSuite } from './harness.ts'

/** Defines the tests for a vitest file. Each runs on its own harness, and disposes of it. */
export const channelConformance = (name: string, suite: ChannelSuite) =>
  describe(name, () => {
    delivering(suite)
    claiming(suite)
  })
