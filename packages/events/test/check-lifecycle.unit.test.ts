import { describe, expect, it } from 'vitest'
import {
  checkLifecycle,
  choreography,
  initialStatus,
  type Lifecycle,
  nextStatus,
  type OrderStatus,
  orderLifecycle,
} from '../src/index.ts'

const { order } = choreography

describe('the lifecycle of an order', () => {
  it('has no state that is out of reach or a dead end', () => {
    expect(checkLifecycle(orderLifecycle, initialStatus, order)).toEqual([])
  })

  it('goes on by what its model says, and by nothing else', () => {
    expect(nextStatus('placed', 'PaymentProcessed')).toBe('paid')
    expect(nextStatus('placed', 'InventoryReserved')).toBe('fulfilled')
    expect(nextStatus('paid', 'PaymentDeclined')).toBeUndefined()
    expect(nextStatus('paid', 'NotificationFailed')).toBeUndefined()
  })

  it.each<OrderStatus>(['fulfilled', 'cancelled'])('ends with %s', (status) => {
    const heard = [...order.consumes, ...order.internal]
    expect(heard.map((type) => nextStatus(status, type)).filter(Boolean)).toEqual([])
  })
})

describe('the check of a lifecycle', () => {
  it('sees a state without an exit', () => {
    const stuck: Lifecycle = { ...orderLifecycle, paid: {} }
    expect(checkLifecycle(stuck, initialStatus)).toContain('The state paid has no exit.')
  })

  it('sees a state whose only exit leads to itself', () => {
    const stuck: Lifecycle = { ...orderLifecycle, paid: { PaymentProcessed: 'paid' } }
    expect(checkLifecycle(stuck, initialStatus)).toContain('The state paid has no exit.')
  })

  it('sees a state that cannot be reached', () => {
    const lonely: Lifecycle = { ...orderLifecycle, shipped: { CancellationRequested: 'cancelled' } }
    expect(checkLifecycle(lonely, initialStatus)).toEqual(["The state shipped can't be reached from placed."])
  })

  it('sees a circle without an end', () => {
    const circle: Lifecycle = { placed: { PaymentProcessed: 'paid' }, paid: { PaymentVoided: 'placed' } }
    expect(checkLifecycle(circle, initialStatus)).toEqual([
      'No terminal state can be reached from placed.',
      'No terminal state can be reached from paid.',
    ])
  })

  it('sees a state that is named but not described', () => {
    const hole: Lifecycle = { placed: { PaymentProcessed: 'paid', PaymentDeclined: 'cancelled' }, cancelled: null }
    expect(checkLifecycle(hole, initialStatus)).toContain("The state paid isn't described.")
  })

  it('sees an exit by a message that the service is never told', () => {
    const deaf = { ...order, consumes: order.consumes.filter((type) => type !== 'InventoryRejected') }
    expect(checkLifecycle(orderLifecycle, initialStatus, deaf)).toEqual([
      'order never hears of InventoryRejected, which is to lead out of placed.',
      'order never hears of InventoryRejected, which is to lead out of paid.',
    ])
  })
})
