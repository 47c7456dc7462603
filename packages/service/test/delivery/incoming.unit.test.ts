/** The lane of a delivery: with which other deliveries it may share a transaction. */
import type { Delivery } from '@quadrille/messaging'
import { noon } from '@quadrille/testing'
import { expect, test } from 'vitest'
import type { Lane } from '../../src/core/lanes.ts'
import { Incoming } from '../../src/delivery/incoming.ts'
import { post } from '../post.ts'
import { parcelSent } from '../tally/parcels.ts'
import { aDelivery } from './a-delivery.ts'

test.each<[string, Partial<Delivery>, Lane]>([
  ['a new delivery with other new ones', {}, 'first'],
  ['a delivery that failed before apart from new ones', { firstFailedAt: new Date(0) }, 'retry'],
  ['a delivery that was in flight at a crash apart from new ones', { crashes: 1 }, 'retry'],
])('handles %s', (_, past, lane) => {
  expect(new Incoming(aDelivery({}, past), post).lane()).toBe(lane)
})

test.each<[string, readonly Lane[], Lane]>([
  ['new as long as only its claims were not granted', ['first', 'first'], 'first'],
  ['not new after a try', ['retry'], 'retry'],
  ['not new after a try, even if its claims are not granted later', ['retry', 'first'], 'retry'],
  ['separate from all others after a lock timeout', ['isolating'], 'isolating'],
  ['not new after that', ['isolating', 'first'], 'retry'],
])('treats a postponed delivery as %s', (_, postponedTo, lane) => {
  const incoming = new Incoming(aDelivery(), post)
  for (const each of postponedTo) incoming.postponeTo(each)
  expect(incoming.lane()).toBe(lane)
})

test('keeps a delivery with a failed attempt apart from new ones', () => {
  const incoming = new Incoming(aDelivery(), post)
  incoming.countFailure(noon)
  expect(incoming.lane()).toBe('retry')
})

test('does not decode the body of a message that its publisher has passed on', () => {
  const decoded = parcelSent()
  expect(new Incoming(aDelivery({}, { decoded }), post).decoded()).toBe(decoded)
})
