/**
 * The conformance suite: what each channel guarantees. It sees a channel through the port alone. A channel's own tests call it with a
 * harness and with the features that its transport has, and add what only that channel has.
 */
import { describe } from 'vitest'
import { claiming } from './claiming.ts'
import { delivering } from './delivering.ts'
import type { ChannelSuite } from './harness.ts'

export type { ChannelHarness, ChannelSuite } from './harness.ts'

/** Defines the tests, for a vitest file. Each runs on a harness of its own, which it disposes of. */
export const channelConformance = (name: string, suite: ChannelSuite) =>
  describe(name, () => {
    delivering(suite)
    claiming(suite)
  })
