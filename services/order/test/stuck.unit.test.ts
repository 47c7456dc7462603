/** The missing event of an open order, and the place of the message. */
import { newOrderId } from '@quadrille/events'
import { aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { locate, type Trail, type Trails } from '../src/domain/locate.ts'
import { type Order, place } from '../src/domain/order.ts'
import { owedTo } from '../src/domain/owed.ts'

const placed = place({ ...aPlacedOrder(newOrderId()), createdAt: noon.toISOString() })
const paid: Order = { ...placed, status: 'paid', payment: 'captured' }
const cancelled: Order = { ...placed, status: 'cancelled', cancellationReason: 'customer' }

const at = noon.toISOString()
const inOutbox = (type: string) =>
  ({ type, place: 'outbox', queue: null, attempts: 0, error: null, at, deadLetterId: null }) as const
const inRetry = (type: string, queue: string) =>
  ({ type, place: 'retry', queue, attempts: 3, error: 'it broke', at, deadLetterId: null }) as const

const nowhere: Trail = { handled: [], waiting: [], task: null }
const seenByPayment: Trail = { ...nowhere, handled: ['OrderPlaced'] }
const seenByInventory: Trail = { ...nowhere, handled: ['OrderPlaced', 'PaymentProcessed'] }
const everywhere: Trails = { order: nowhere, payment: seenByPayment, inventory: seenByInventory }

/** The place of the first missing event. */
const find = (order: Order, trails: Partial<Trails>) => {
  const [owed] = owedTo(order)
  if (!owed) throw new Error('This order waits for nothing.')
  return locate(owed, { ...everywhere, ...trails })
}

describe('owed to an order', () => {
  const owedBy = (order: Order) => owedTo(order).map(({ by, events }) => [by, events])

  it.each([
    { order: placed, owed: [['payment', ['PaymentProcessed', 'PaymentDeclined']]] },
    { order: paid, owed: [['inventory', ['InventoryReserved', 'InventoryRejected']]] },
    { order: { ...paid, status: 'fulfilled', settled: true } as const, owed: [] },
    {
      order: cancelled,
      owed: [
        ['payment', ['PaymentRefunded', 'PaymentVoided']],
        ['inventory', ['InventoryReleased']],
      ],
    },
    { order: { ...cancelled, payment: 'voided' } as const, owed: [['inventory', ['InventoryReleased']]] },
    {
      order: { ...cancelled, payment: 'refunding', inventory: 'released' } as const,
      owed: [['payment', ['PaymentRefunded', 'PaymentVoided']]],
    },
    { order: { ...cancelled, payment: 'declined', inventory: 'rejected' } as const, owed: [] },
  ])('$order.status, $order.payment, $order.inventory: $owed', ({ order, owed }) => {
    expect(owedBy(order)).toEqual(owed)
  })

  it("includes the operator's action if the gateway refused the refund", () => {
    const [owed] = owedTo({ ...cancelled, payment: 'refund_failed', inventory: 'released' })
    expect(owed).toMatchObject({ by: 'payment', events: ['PaymentRefunded'] })
    expect(owed?.remedy).toContain(`POST /payments/${cancelled.id}/refund`)
  })
})

describe('the message is', () => {
  it('in the outbox of its publisher', () => {
    const where = find(placed, { order: { ...nowhere, waiting: [inOutbox('OrderPlaced')] }, payment: nowhere })
    expect(where).toMatchObject({ service: 'order', place: 'outbox', type: 'OrderPlaced', at })
  })

  it('in the outbox, whatever payment reports', () => {
    const order = { ...nowhere, waiting: [inOutbox('OrderPlaced')] }
    expect(find(placed, { order, payment: { unknown: 'it is unavailable' } })).toMatchObject({
      service: 'order',
      place: 'outbox',
    })
  })

  it('in the queue of its consumer', () => {
    const where = find(placed, { payment: nowhere })
    expect(where).toMatchObject({ service: 'payment', place: 'queue', type: 'OrderPlaced', queue: 'payment.inbox' })
  })

  it('waiting for a retry by its consumer', () => {
    const payment = { ...nowhere, waiting: [inRetry('OrderPlaced', 'payment.inbox')] }
    expect(find(placed, { payment })).toMatchObject({
      service: 'payment',
      place: 'retry',
      type: 'OrderPlaced',
      queue: 'payment.inbox',
      attempts: 3,
      error: 'it broke',
    })
  })

  it('a dead letter of its consumer', () => {
    const letter = { ...inRetry('OrderPlaced', 'payment.inbox'), place: 'dead_letter', deadLetterId: 'd1' } as const
    expect(find(placed, { payment: { ...nowhere, waiting: [letter] } })).toMatchObject({
      service: 'payment',
      place: 'dead_letter',
      deadLetterId: 'd1',
    })
  })

  it('a task that waits in its queue, or is running', () => {
    const doing = (attempts: number): Trail => ({
      ...seenByPayment,
      task: { type: 'Charge', queue: 'payment.tasks', attempts },
    })
    expect(find(placed, { payment: doing(0) })).toMatchObject({ place: 'queue', queue: 'payment.tasks', attempts: 0 })
    expect(find(placed, { payment: doing(2) })).toMatchObject({ place: 'task', type: 'Charge', attempts: 2 })
  })

  it('a task that failed and is retried', () => {
    const payment = { ...seenByPayment, waiting: [inRetry('Charge', 'payment.tasks')] }
    expect(find(placed, { payment })).toMatchObject({ service: 'payment', place: 'retry', type: 'Charge' })
  })

  it('the answer, in the outbox of its publisher', () => {
    const payment = { ...seenByPayment, waiting: [inOutbox('PaymentProcessed')] }
    expect(find(placed, { payment })).toMatchObject({ service: 'payment', place: 'outbox', type: 'PaymentProcessed' })
  })

  it('the answer, on its way to the order service', () => {
    expect(find(placed, {})).toMatchObject({ service: 'order', place: 'queue', queue: 'order.inbox' })
  })

  it('the answer, which the order service has failed to handle', () => {
    const order = { ...nowhere, waiting: [inRetry('PaymentProcessed', 'order.inbox')] }
    expect(find(placed, { order })).toMatchObject({ service: 'order', place: 'retry', type: 'PaymentProcessed' })
  })

  it('payment’s event for inventory, which payment has not sent', () => {
    const payment = { ...seenByPayment, waiting: [inOutbox('PaymentProcessed')] }
    const inventory = { ...nowhere, handled: ['OrderPlaced'] }
    expect(find(paid, { payment, inventory })).toMatchObject({ service: 'payment', place: 'outbox' })
  })

  it('payment’s event for inventory, which is on its way', () => {
    const inventory = { ...nowhere, handled: ['OrderPlaced'] }
    expect(find(paid, { inventory })).toMatchObject({
      service: 'inventory',
      place: 'queue',
      type: 'PaymentProcessed',
      queue: 'inventory.inbox',
    })
  })

  it('unknown if a service does not answer', () => {
    expect(find(placed, { payment: { unknown: 'it is unavailable' } })).toMatchObject({
      service: 'payment',
      place: 'unknown',
      error: 'it is unavailable',
    })
  })
})
