/** The lag of a message ends when it is applied. How far a clock is ahead shows when the message arrives. */
import { noon } from '@quadrille/testing'
import { expect, it } from 'vitest'
import { Incoming } from '../../../src/delivery/incoming.ts'
import { applied } from '../../../src/delivery/outcome.ts'
import { countMessages } from '../../../src/delivery/policies/count-messages.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import { aParcel, draft, post, seal } from '../../post.ts'
import { aDelivery } from '../a-delivery.ts'

it.each([
  ['waits for its transaction', 0, { lag: 2, ahead: 0 }],
  ['comes from the future', 2_500, { lag: 0, ahead: 2.5 }],
])('is known of a message that %s', async (_, createdInMs, expected) => {
  const metrics = createMetrics('tracker')
  let nowMs = noon.getTime()
  const sent = seal(draft('ParcelSent', aParcel()), { service: 'counter', now: new Date(nowMs + createdInMs) })
  const incoming = new Incoming(aDelivery({ body: Buffer.from(JSON.stringify(sent)) }), post)
  const handle = countMessages({ metrics, language: post, now: () => new Date(nowMs) })(async (batch) => {
    incoming.decoded()
    nowMs += 2_000
    return batch.map(() => applied)
  })
  expect(await handle([incoming])).toEqual([applied])
  const page = await metrics.registry.metrics()
  const figure = (name: string) => Number(new RegExp(`^quadrille_message_${name}\\{.* (\\S+)$`, 'm').exec(page)?.[1])
  expect({ lag: figure('lag_seconds_sum'), ahead: figure('ahead_seconds') }).toEqual(expected)
})
