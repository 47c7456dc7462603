/** Which of the handled messages show how far their queue lags behind. */
import { noon } from '@quadrille/testing'
import { expect, it } from 'vitest'
import { Incoming } from '../../src/delivery/incoming.ts'
import { oldestTime } from '../../src/delivery/oldest-time.ts'
import { aParcel, draft, post, seal } from '../post.ts'
import { aDelivery } from './a-delivery.ts'

const minutesAfterNoon = (minutes: number): Date => new Date(noon.getTime() + minutes * 60_000)

const sentAt = (minutes: number, firstFailedAt: Date | null = null): Incoming => {
  const parcel = seal(draft('ParcelSent', aParcel()), { service: 'counter', now: minutesAfterNoon(minutes) })
  const incoming = new Incoming(aDelivery({ body: Buffer.from(JSON.stringify(parcel)) }, { firstFailedAt }), post)
  incoming.decoded()
  return incoming
}

it('is the oldest one of those that have not failed, in this delivery or before', () => {
  const failedInMemory = sentAt(2)
  failedInMemory.countFailure(noon)
  const unreadable = new Incoming(aDelivery(), post)
  const settled = [sentAt(1, noon), failedInMemory, unreadable, sentAt(4), sentAt(3), sentAt(5)]
  expect(oldestTime(settled)).toBe(minutesAfterNoon(3).toISOString())
  expect(oldestTime([failedInMemory, unreadable])).toBeUndefined()
})
