import { isUniquePerSubject, messageId } from '@quadrille/messages'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalog, type Draft, draft, newOrderId } from '../src/index.ts'
import { declined, orderId, sealed } from './sample.ts'

const name = fc.stringMatching(/^[A-Za-z]{1,20}$/)

const parcel = { carrier: 'DHL', trackingCode: '0034' }
const notified = { orderId, channel: 'email', occasion: 'order_placed' } as const
const customer = { id: 'c-1', email: 'ada@example.com' }
const refunded = { orderId, gatewayReference: 're_1', round: 2 }

/** A message of each type that a subject may have several times, with the id that earlier releases gave it. */
const idOf: Readonly<Record<string, readonly [Draft, string]>> = {
  NotificationFailed: [
    draft('NotificationFailed', { ...notified, code: 'no' }),
    'ce8475fb-2495-5c1f-8fab-17fc786e30d2',
  ],
  NotificationSent: [draft('NotificationSent', notified), '77172478-a473-5ef0-97ba-3293cf2d03a0'],
  ShipmentDispatched: [
    draft('ShipmentDispatched', { orderId, ...parcel, at: '2030-01-02T03:04:05.678Z' }),
    '6611738b-48d5-5521-af78-108f5435219c',
  ],
  Notify: [
    draft('Notify', { orderId, occasion: 'order_placed', customer, currency: 'EUR', total: 1 }),
    'ceff0c89-2882-5ba6-af48-995850f3eb6d',
  ],
  Refund: [draft('Refund', { ...refunded, amount: 1, currency: 'EUR' }), '975c2737-865a-597e-8640-da448a1d0ab3'],
  CancellationRequested: [
    draft('CancellationRequested', { orderId, reason: 'expired' }),
    '17e68542-578f-5d51-a66c-f5ff73720a3a',
  ],
  ChargeCancelled: [
    draft('ChargeCancelled', { orderId, gatewayReference: 'ch_1' }),
    '4a0fb0cc-890f-5f3e-9032-abe5b5bacc9e',
  ],
  ChargeDeclined: [
    draft('ChargeDeclined', { orderId, gatewayReference: 'ch_1', code: 'no' }),
    '1ae4ea98-4619-5332-babe-985e65c00a0e',
  ],
  ChargeSucceeded: [
    draft('ChargeSucceeded', { orderId, gatewayReference: 'ch_1', amount: 1, currency: 'EUR' }),
    '03849303-605e-5a06-9c20-d9ef41677be7',
  ],
  DispatchRequested: [
    draft('DispatchRequested', { orderId, parcelId: orderId, ...parcel }),
    '1fc5c0fb-9985-5c00-ae35-e32cfa9059bd',
  ],
  NotificationDelivered: [
    draft('NotificationDelivered', { ...notified, attempts: 1 }),
    'efd460c9-059f-5213-b6e4-c6b82efdc6e4',
  ],
  NotificationUndeliverable: [
    draft('NotificationUndeliverable', { ...notified, attempts: 1, code: 'no' }),
    'f43acb39-e9db-5b06-b620-03cbe0a50861',
  ],
  RefundRefused: [draft('RefundRefused', { ...refunded, code: 'no' }), 'f7963bbc-831f-51fc-92b5-afdde922ae14'],
  RefundRequested: [
    draft('RefundRequested', { orderId, round: 2, manualReference: 'bank-1' }),
    '6a99e9a5-c2e4-5476-9683-669d172a2cf3',
  ],
  RefundSucceeded: [draft('RefundSucceeded', refunded), 'ff09147c-3082-5244-b301-20c912bfee52'],
}
const severalPerSubject = Object.values(catalog).filter((definition) => !isUniquePerSubject(definition))

describe('the id of a message', () => {
  it.each(severalPerSubject)('of type $type is the same in each release', ({ type }) => {
    const [said, id] = idOf[type] ?? []
    if (!said) throw new Error(`Add a ${type} and its id to this test.`)
    expect(sealed(said).id).toBe(id)
  })

  it('is always the same, in this release and in the next', () => {
    expect(messageId(orderId, 'OrderPlaced', '')).toBe('97d3289b-6a23-5068-83d3-d4c1e57422d1')
    expect(messageId(orderId, 'NotificationSent', 'email:order_placed')).toBe('77172478-a473-5ef0-97ba-3293cf2d03a0')
    expect(sealed(declined).id).toBe('64dd4736-0753-5248-bfcf-792a00643047')
  })

  it('differs for another outcome, channel or occasion', () => {
    const succeeded = (gatewayReference: string) =>
      draft('ChargeSucceeded', { orderId, amount: 1, currency: 'EUR', gatewayReference })
    const sent = (occasion: 'order_placed' | 'order_fulfilled') =>
      draft('NotificationSent', { orderId, channel: 'email', occasion })
    const about = { orderId, channel: 'email', occasion: 'order_placed' } as const
    const delivered = (attempts: number) => draft('NotificationDelivered', { ...about, attempts })
    const undeliverable = (code: string) => draft('NotificationUndeliverable', { ...about, attempts: 1, code })
    const drafts = [
      succeeded('ch_1'),
      succeeded('ch_2'),
      draft('ChargeDeclined', { orderId, gatewayReference: 'ch_1', code: 'no' }),
      sent('order_placed'),
      sent('order_fulfilled'),
      delivered(1),
      delivered(2),
      undeliverable('smtp_550'),
      undeliverable('attempts_exhausted'),
    ]
    expect(new Set(drafts.map((one) => sealed(one).id)).size).toBe(drafts.length)
  })

  it('differs for another order, type or identity', () => {
    const part = fc.record({ order: fc.uuid(), type: name, identity: fc.string() })
    fc.assert(
      fc.property(part, part, (one, other) => {
        const same = one.order === other.order && one.type === other.type && one.identity === other.identity
        const ids = [one, other].map(({ order, type, identity }) => messageId(order, type, identity))
        expect(new Set(ids).size).toBe(same ? 1 : 2)
      }),
    )
  })
})

describe('the id of an order', () => {
  it('is new each time, and sorts by time of creation', () => {
    const ids = Array.from({ length: 10_000 }, newOrderId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(ids)
  })
})
