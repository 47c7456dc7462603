import { messageId } from '@quadrille/messages'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draft, newOrderId } from '../src/index.ts'
import { declined, orderId, sealed } from './sample.ts'

const name = fc.stringMatching(/^[A-Za-z]{1,20}$/)

describe('the id of a message', () => {
  it('is always the same, in this release and in the next', () => {
    expect(messageId(orderId, 'OrderPlaced', '')).toBe('97d3289b-6a23-5068-83d3-d4c1e57422d1')
    expect(messageId(orderId, 'NotificationSent', 'email:order_placed')).toBe('77172478-a473-5ef0-97ba-3293cf2d03a0')
    expect(sealed(declined).id).toBe('64dd4736-0753-5248-bfcf-792a00643047')
  })

  it('does not depend on the case in which the order id is written', () => {
    expect(messageId(orderId.toUpperCase(), 'OrderPlaced', '')).toBe(messageId(orderId, 'OrderPlaced', ''))
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
