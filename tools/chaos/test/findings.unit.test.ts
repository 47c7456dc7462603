import { orderMix, stockForMix } from '@quadrille/shop-testing'
import { describe, expect, it } from 'vitest'
import { receivedSku } from '../src/load/receipts.ts'
import { dispatchFinding } from '../src/report/dispatches.ts'
import { countUndelayed, expiryFinding, unjudged } from '../src/report/expiry.ts'
import { checkFailover } from '../src/report/failover.ts'
import { checkLoad, checkSettlement } from '../src/report/findings.ts'
import { checkInstances } from '../src/report/instances.ts'
import { receiptFinding } from '../src/report/receipts.ts'

const fault = (atMs: number, overAtMs: number, [kind, target] = ['Postgres killed', 'Postgres']) =>
  ({ kind, target, atMs, healedAtMs: overAtMs, overAtMs }) as const
const order = (reservedAtMs: number | null = null) => ({
  orderId: 'o',
  kind: 'flaky' as const,
  placedAtMs: 100_000,
  reservedAtMs,
  dueAtMs: 120_000,
})
const detailsOf = (expired: ReturnType<typeof order>[], injected: ReturnType<typeof fault>[]) =>
  expiryFinding(expired, injected, 0).violations.map(({ detail }) => detail)

it('a confirmed dispatch has one parcel, and a run has such a dispatch', () => {
  const recorded = [2, 1, 0].map((parcels) => ({ key: `key-${parcels}`, parcels }))
  expect(dispatchFinding(recorded).violations).toEqual([
    { subject: 'key-2', detail: 'has 2 parcels' },
    { subject: 'key-0', detail: 'has 0 parcels' },
  ])
  expect(dispatchFinding([]).violations).toEqual([{ subject: 'shipping', detail: 'has confirmed no parcel' }])
})

it('each receipt is recorded once: a lost one is found beside a doubled one', () => {
  const once = [1, 2, 3].map((quantity) => ({ quantity, times: 1 }))
  const details = (recorded: typeof once, started = 3, confirmed = [1, 3]) =>
    receiptFinding(recorded, { started, confirmed }).violations.map(({ subject, detail }) => `${subject}: ${detail}`)
  const times = (count: number) => `their receipt is recorded ${count} times`
  expect(details(once)).toEqual([])
  expect(details(once.filter(({ quantity }) => quantity !== 2))).toEqual([]) // without an answer it may have failed
  expect(
    details([
      { quantity: 2, times: 1 },
      { quantity: 3, times: 2 },
    ]),
  ).toEqual([`1 pieces: ${times(0)}`, `3 pieces: ${times(2)}`])
  expect(details(once.map(({ quantity }) => ({ quantity, times: quantity })))).toEqual([
    `3 pieces: ${times(3)}`,
    `2 pieces: ${times(2)}`,
  ])
  expect(details(once, 2, [1])).toEqual([`3 pieces: ${times(1)}`]) // was not sent
  expect(details([], 1, [])).toEqual(['inventory: has confirmed no receipt'])
  expect(details([{ quantity: 1, times: 2 }], 1, [])).toEqual([
    `1 pieces: ${times(2)}`,
    'inventory: has confirmed no receipt',
  ])
})

it('receipts compete with the reservations of most orders, whose stock suffices without them', () => {
  const orders = orderMix(100, () => 0).filter(({ request }) => request.lines.some(({ sku }) => sku === receivedSku))
  expect(orders.length).toBeGreaterThan(50)
  expect(stockForMix[receivedSku]).toBeGreaterThan(100_000)
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
    expect(expiryFinding([order(112_000), order()], [early], 7).checked).toEqual({
      'orders amid faults that no fault can have delayed': 7,
      'expired orders that could have been fulfilled': 2,
      'of them not judged, because a fault may have delayed them': 1,
      'with stock reserved in time': 1,
    })
  })

  it.each([
    ['bad messages', 'order'],
    ['messages duplicated', 'payment'],
    ['clock stepped', 'payment-1'],
    ['service killed', 'shipping-1'],
    ['grant revoked', 'notification'],
    ['Postgres unreachable', 'notification-2 to Postgres'],
  ])('is a violation if there was only a fault that cannot delay an order: %s, %s', (...other) => {
    const injected = [fault(110_000, 111_000, other)]
    expect(detailsOf([order(), order(101_000)], injected)).toHaveLength(2)
    expect(countUndelayed([order()], injected, 20_000)).toBe(1)
  })

  it.each([
    ['service killed', 'payment-1', 1],
    ['RabbitMQ unreachable', 'inventory-2 to RabbitMQ', 0],
    ['column added', 'order', 0],
    ['memory alarm', 'rabbit-1', 0],
    ['machine stalled', 'machine', 0],
  ] as const)('is accepted after %s, %s, and if its stock was reserved: %i violations', (kind, target, violations) => {
    const injected = [fault(110_000, 111_000, [kind, target])]
    expect(detailsOf([order()], injected)).toEqual([])
    expect(detailsOf([order(101_000)], injected)).toHaveLength(violations)
    expect(countUndelayed([order()], injected, 20_000)).toBe(0)
  })
})

it('a minute without faults proves something only if one of its orders can be judged', () => {
  expect(unjudged(1_200, 0)).toMatchObject([{ subject: 'minute without faults' }])
  expect(unjudged(1_200, 1)).toEqual([])
  expect(unjudged(0, 0)).toEqual([])
})

describe('after all faults', () => {
  const working = { name: 'payment-1', ready: true, before: 5, after: 9, answers: true }
  const violations = (
    record: Partial<typeof working> | { after: null },
    answers: [string, number][] = [],
    stalls: ReturnType<typeof fault>[] = [],
  ) => {
    const instances = [working, { ...working, name: 'payment-2', ...record }]
    return checkInstances({ calm: { instances, answerCounts: new Map(answers) }, healedMs: 60_000, stalls }).violations
  }

  it.each([
    [{ after: 5 }, 'handles no deliveries from its inbox after all faults'],
    [{ ready: false }, 'is not ready after all faults'],
    [{ answers: false }, 'does not answer requests after all faults'],
    [{ after: null }, 'does not serve its metrics after all faults'],
  ])('an instance must work again, also if the other one does: %j', (record, detail) => {
    expect(violations(record)).toEqual([{ subject: 'payment-2', detail }])
  })

  it('each request must be answered by the first instance that gets it', () => {
    expect(violations({}, [['POST /orders 202', 95]])).toEqual([])
    expect(violations({}, [['POST /orders no answer (ECONNRESET)', 2]])).toEqual([
      { subject: 'POST /orders no answer (ECONNRESET)', detail: '2 times after all faults' },
    ])
  })

  it('no request may be rejected because of too many others', () => {
    expect(violations({}, [['POST /orders/{id}/cancel 429', 1]])).toEqual([
      { subject: 'POST /orders/{id}/cancel 429', detail: '1 times after all faults' },
    ])
  })

  it.each([
    [3, 0, []],
    [110, 0, [{ subject: 'POST /orders 503', detail: '110 times after all faults' }]],
    [40, 20, [{ subject: 'POST /orders 503', detail: '40 times after all faults' }]],
  ])(
    'an instance must accept orders, except repetitions of one that is being stored: %i rejected, %i further rejections',
    (rejected, again, found) => {
      const answers: [string, number][] = [
        ['POST /orders 202', 115],
        ['POST /orders 503', rejected],
        ['POST /orders 503 again', again],
      ]
      expect(violations({}, answers)).toEqual(found)
      expect(violations({}, answers, [fault(50_000, 59_000)])).toEqual(found)
    },
  )

  it.each([
    [3, []],
    [50, [{ subject: 'POST /orders 503 again', detail: '50 times after all faults' }]],
  ])('if the machine stalls, each order may be rejected once: %i further rejections', (again, found) => {
    const answers: [string, number][] = [
      ['POST /orders 202', 115],
      ['POST /orders 503', 115],
      ['POST /orders 503 again', again],
    ]
    expect(violations({}, answers, [fault(59_000, 61_000)])).toEqual(found)
  })
})

describe('the other instance of a paused one', () => {
  const pause = fault(400_000, 406_000, ['failover', 'order-1'])
  const violations = (before: number | null, during: number | null, unanswered = 0) =>
    checkFailover([{ service: 'order', before, during, unanswered, pause }]).violations

  it('must continue', () => {
    expect(violations(400, 250)).toEqual([])
    expect(violations(400, 90)).toEqual([
      { subject: 'order', detail: 'the other instance handled 90 deliveries, and 400 in an equal time before' },
    ])
    expect(violations(0, 0)).toHaveLength(1)
  })

  it('must answer requests, and those for its metrics too', () => {
    expect(violations(400, 250, 2)).toEqual([
      { subject: 'order', detail: 'the other instance did not answer 2 requests' },
    ])
    const withoutMetrics = [{ subject: 'order', detail: 'the other instance does not serve its metrics' }]
    expect(violations(400, null)).toEqual(withoutMetrics)
    expect(violations(null, 250)).toEqual(withoutMetrics)
  })
})

const aRequest = {
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [],
  payment: { method: 'any' },
}

it('at least 10 % of the orders amid faults do not expire, and three quarters of the number placed in minutes without', () => {
  const orders = (expired: number, calm: number) =>
    Array.from({ length: 100 }, (_, index) => ({
      ...order(),
      ...{ request: aRequest, endings: [], cancelled: false, placedAtMs: index < calm ? 130_000 : 100_000 },
      ending: index < expired ? 'expired' : 'fulfilled',
      settledAtMs: 130_000,
    }))
  const violations = (expired: number, calm: number) =>
    checkLoad({ injected: [fault(0, 1)], orders: orders(expired, calm), healedMs: 180_000 }).violations
  const fewerThan = (notExpired: number) => [
    { subject: 'orders', detail: `only ${notExpired} of 100 orders during faults did not expire` },
  ]
  expect(violations(75, 32)).toEqual([])
  expect(violations(85, 32)).toEqual(fewerThan(15))
  expect(violations(85, 20)).toEqual([])
  expect(violations(85, 0)).toEqual([])
  expect(violations(95, 0)).toEqual(fewerThan(5))
})

it('an order must be settled in time after the faults, and after stalls of the machine in that time', () => {
  const placed = { ...order(), request: aRequest, endings: [], cancelled: false, ending: null }
  const allStalls = [fault(150_000, 155_000), fault(200_000, 205_000), fault(270_000, 275_000)]
  const isLate = (settledAtMs: number, stalls = allStalls) =>
    checkSettlement({ orders: [{ ...placed, settledAtMs }], healedMs: 100_000, stalls }, 60_000).violations.length > 0
  expect(isLate(160_000, [])).toBe(false)
  expect(isLate(160_001, [])).toBe(true)
  expect(isLate(265_000)).toBe(false)
  expect(isLate(265_001)).toBe(true) // the last stall came too late
})
