import { checkLifecycle } from '@quadrille/messages'
import { describe, expect, it } from 'vitest'
import { choreography, initialStatus, nextStatus, type OrderStatus } from '../src/index.ts'
import { orderLifecycle } from '../src/lifecycle.ts'

const { order } = choreography

describe('the lifecycle of an order', () => {
  it('has no unreachable state and no dead end', () => {
    expect(checkLifecycle(orderLifecycle, initialStatus, order)).toEqual([])
  })

  it('changes only as its model allows', () => {
    expect(nextStatus('placed', 'PaymentProcessed')).toBe('paid')
    expect(nextStatus('placed', 'InventoryReserved')).toBe('fulfilled')
    expect(nextStatus('paid', 'PaymentDeclined')).toBeUndefined()
    expect(nextStatus('paid', 'NotificationFailed')).toBeUndefined()
  })

  it.each<OrderStatus>(['fulfilled', 'cancelled'])('ends with %s', (status) => {
    const received = [...order.consumes, ...order.internal]
    expect(received.map((type) => nextStatus(status, type)).filter(Boolean)).toEqual([])
  })
})
