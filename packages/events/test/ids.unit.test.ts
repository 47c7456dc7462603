import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageId, newOrderId } from '../src/index.ts'
import { orderId } from './sample.ts'

const name = fc.stringMatching(/^[A-Za-z]{1,20}$/)

describe('the id of a message', () => {
  it('is always the same, in this release and in the next', () => {
    expect(messageId(orderId, 'OrderPlaced', '')).toBe('97d3289b-6a23-5068-83d3-d4c1e57422d1')
    expect(messageId(orderId, 'NotificationSent', 'email:order_placed')).toBe('77172478-a473-5ef0-97ba-3293cf2d03a0')
  })

  it('does not depend on the case in which the order id is written', () => {
    expect(messageId(orderId.toUpperCase(), 'OrderPlaced', '')).toBe(messageId(orderId, 'OrderPlaced', ''))
  })

  it('is another for another order, type or identity', () => {
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
  it('is new each time, and sorts by the time of its making', () => {
    const ids = Array.from({ length: 10_000 }, newOrderId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(ids)
  })
})
