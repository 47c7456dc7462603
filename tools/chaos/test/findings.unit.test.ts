import { describe, expect, it } from 'vitest'
import { dispatchFinding } from '../src/report/dispatches.ts'
import { expiryFinding } from '../src/report/expiry.ts'
import { checkFailover } from '../src/report/failover.ts'

const fault = (atMs: number, overAtMs: number) => ({ kind: 'k', target: 't', atMs, healedAtMs: overAtMs, overAtMs })
const order = (reservedAtMs: number | null = null) => ({
  orderId: 'o',
  kind: 'flaky',
  placedAtMs: 100_000,
  reservedAtMs,
  dueAtMs: 120_000,
})
const detailsOf = (...args: Parameters<typeof expiryFinding>) =>
  expiryFinding(...args).violations.map(({ detail }) => detail)

it('a confirmed dispatch has one parcel, and a run has such a dispatch', () => {
  const recorded = [2, 1, 0].map((parcels) => ({ key: `key-${parcels}`, parcels }))
  expect(dispatchFinding(recorded).violations).toEqual([
    { subject: 'key-2', detail: 'has 2 parcels' },
    { subject: 'key-0', detail: 'has 0 parcels' },
  ])
  expect(dispatchFinding([]).violations).toEqual([{ subject: 'shipping', detail: 'has confirmed no parcel' }])
})

describe('an expired order', () => {
  it('is a violation without a fault in its time', () => {
    expect(detailsOf([order()], [])).toEqual(['expired without a fault (flaky)'])
    expect(detailsOf([order()], [fault(50_000, 80_000)])).toEqual(['expired without a fault (flaky)'])
    expect(detailsOf([order()], [fault(121_000, 130_000)])).toEqual(['expired without a fault (flaky)'])
  })

  it('is accepted if a fault was active or had just ended', () => {
    expect(detailsOf([order()], [fault(110_000, 111_000)])).toEqual([])
    expect(detailsOf([order()], [fault(50_000, 90_000)])).toEqual([])
  })

  it('is a violation without a fault after its stock was reserved', () => {
    const early = fault(90_000, 95_000)
    expect(detailsOf([order(112_000)], [early])).toEqual([
      'expired without a fault, although its stock was reserved in time (flaky)',
    ])
    expect(detailsOf([order(112_000)], [early, fault(113_000, 114_000)])).toEqual([])
    expect(expiryFinding([order(112_000)], [early]).checked).toEqual({
      'expired orders that could have been fulfilled': 1,
      'with stock reserved in time': 1,
    })
  })
})

describe('the other instance of a paused one', () => {
  it('must continue', () => {
    expect(checkFailover([{ service: 'order', before: 400, during: 250 }]).violations).toEqual([])
    expect(checkFailover([{ service: 'order', before: 400, during: 90 }]).violations).toEqual([
      { subject: 'order', detail: 'the other instance handled 90 deliveries, and 400 in an equal time before' },
    ])
    expect(checkFailover([{ service: 'order', before: 0, during: 0 }]).violations).toHaveLength(1)
  })
})
