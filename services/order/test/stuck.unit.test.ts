/** The answers that an open order waits for, and the location of the message that blocks it. */
import { newOrderId } from '@quadrille/events'
import { aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { type Order, place } from '../src/domain/order.ts'
import { pendingAnswers } from '../src/domain/pending-answers.ts'
import { locate, type MessagesByService, type OrderMessages } from '../src/stuck/locate.ts'

const placed = place({ ...aPlacedOrder(newOrderId()), createdAt: noon.toISOString() })
const paid: Order = { ...placed, status: 'paid', payment: 'captured' }
const cancelled: Order = { ...placed, status: 'cancelled', cancellationReason: 'customer' }

const at = noon.toISOString()
const unfailed = { messageId: 'm1', causationId: 'm0', since: at, deadLetterId: null }
const inOutbox = (type: string) =>
  ({ ...unfailed, type, place: 'outbox', queue: null, attempts: 0, error: null, at }) as const
const inRetry = (type: string, queue: string) =>
  ({ ...unfailed, type, place: 'retry', queue, attempts: 3, error: 'it broke', at }) as const

const letter = (type: string, queue: string) =>
  ({ ...inRetry(type, queue), place: 'dead_letter', deadLetterId: 'd1' }) as const

const noMessages: OrderMessages = { handled: [], waiting: [], task: null }
const handledByPayment: OrderMessages = { ...noMessages, handled: ['OrderPlaced'] }
const cancelledAtPayment: OrderMessages = { ...noMessages, handled: ['OrderPlaced', 'OrderCancelled'] }
/** Only attempts to charge are counted. */
const openTask = (type: string, attempts: number | null = null) =>
  ({ messageId: null, type, queue: 'payment.tasks', attempts, since: at, error: null }) as const
const handledByInventory: OrderMessages = { ...noMessages, handled: ['OrderPlaced', 'PaymentProcessed'] }
const allHandled: MessagesByService = { order: noMessages, payment: handledByPayment, inventory: handledByInventory }

/** Locates the message that blocks the first pending answer. */
const find = (order: Order, messages: Partial<MessagesByService>) => {
  const [pending] = pendingAnswers(order)
  if (!pending) throw new Error('This order waits for no answer.')
  return locate(pending, { ...allHandled, ...messages })
}

describe('the pending answers', () => {
  const answersOf = (order: Order) => pendingAnswers(order).map(({ service, events }) => [service, events])

  it.each([
    { order: placed, answers: [['payment', ['PaymentProcessed', 'PaymentDeclined']]] },
    { order: paid, answers: [['inventory', ['InventoryReserved', 'InventoryRejected']]] },
    { order: { ...paid, status: 'fulfilled', settled: true } as const, answers: [] },
    {
      order: cancelled,
      answers: [
        ['payment', ['PaymentRefunded', 'PaymentVoided', 'PaymentDeclined']],
        ['inventory', ['InventoryReleased', 'InventoryRejected']],
      ],
    },
    {
      order: { ...cancelled, payment: 'voided', inventory: 'reserved' } as const,
      answers: [['inventory', ['InventoryReleased']]],
    },
    {
      order: { ...cancelled, payment: 'refunding', inventory: 'released' } as const,
      answers: [['payment', ['PaymentRefunded']]],
    },
    { order: { ...cancelled, payment: 'declined', inventory: 'rejected' } as const, answers: [] },
  ])('$order.status, $order.payment, $order.inventory: $answers', ({ order, answers }) => {
    expect(answersOf(order)).toEqual(answers)
  })

  it('wait for an operator if the gateway refused the refund', () => {
    const pending = pendingAnswers({ ...cancelled, payment: 'refund_failed', inventory: 'released' })
    expect(pending).toMatchObject([{ service: 'payment', events: ['PaymentRefunded'], waitsForOperator: true }])
  })
})

describe('the blocking message is', () => {
  it('in the outbox of its publisher', () => {
    const where = find(placed, { order: { ...noMessages, waiting: [inOutbox('OrderPlaced')] }, payment: noMessages })
    expect(where).toMatchObject({ service: 'order', place: 'outbox', type: 'OrderPlaced', at })
  })

  it('in the outbox, even if payment does not respond', () => {
    const order = { ...noMessages, waiting: [inOutbox('OrderPlaced')] }
    expect(find(placed, { order, payment: { unknown: 'it is unavailable' } })).toMatchObject({
      service: 'order',
      place: 'outbox',
    })
  })

  it('in the queue of its consumer', () => {
    const where = find(placed, { payment: noMessages })
    expect(where).toMatchObject({ service: 'payment', place: 'queue', type: 'OrderPlaced', queue: 'payment.inbox' })
  })

  it('in the outbox of its consumer, if it is sent to that service alone', () => {
    const payment = { ...noMessages, waiting: [inOutbox('OrderPlaced')] }
    expect(find(placed, { payment })).toMatchObject({ service: 'payment', place: 'outbox', type: 'OrderPlaced' })
    const order = { ...noMessages, waiting: [inOutbox('PaymentProcessed')] }
    expect(find(placed, { order })).toMatchObject({ service: 'order', place: 'outbox', type: 'PaymentProcessed' })
  })

  it('waiting for a retry by its consumer', () => {
    const payment = { ...noMessages, waiting: [inRetry('OrderPlaced', 'payment.inbox')] }
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
    const payment = { ...noMessages, waiting: [letter('OrderPlaced', 'payment.inbox')] }
    expect(find(placed, { payment })).toMatchObject({
      service: 'payment',
      place: 'dead_letter',
      deadLetterId: 'd1',
    })
  })

  it('a dead letter of its publisher, if the broker has refused it', () => {
    const order = { ...noMessages, waiting: [letter('OrderPlaced', 'order.events')] }
    expect(find(placed, { order, payment: noMessages })).toMatchObject({ service: 'order', place: 'dead_letter' })
  })

  it('a task that waits in its queue, or has been attempted', () => {
    const withCharge = (attempts: number): OrderMessages => ({
      ...handledByPayment,
      task: openTask('Charge', attempts),
    })
    expect(find(placed, { payment: withCharge(0) })).toMatchObject({
      place: 'queue',
      queue: 'payment.tasks',
      attempts: 0,
    })
    expect(find(placed, { payment: withCharge(2) })).toMatchObject({ place: 'task', type: 'Charge', attempts: 2 })
  })

  it('in the queue of the task, or lost, if the attempts are not counted and no message of the task waits elsewhere', () => {
    const payment = { ...cancelledAtPayment, task: openTask('Refund') }
    expect(find({ ...cancelled, payment: 'refunding' }, { payment })).toMatchObject({
      service: 'payment',
      place: 'queue',
      type: 'Refund',
      queue: 'payment.tasks',
    })
  })

  it('a task that waits for a retry', () => {
    const payment = { ...handledByPayment, task: openTask('Charge'), waiting: [inRetry('Charge', 'payment.tasks')] }
    expect(find(placed, { payment })).toMatchObject({ service: 'payment', place: 'retry', type: 'Charge' })
  })

  it('the open task, if an earlier one is a dead letter', () => {
    const deadCharge = letter('Charge', 'payment.tasks')
    const payment = { ...cancelledAtPayment, task: openTask('CancelCharge'), waiting: [deadCharge] }
    expect(find(cancelled, { payment })).toMatchObject({ service: 'payment', place: 'queue', type: 'CancelCharge' })
    const waiting = [deadCharge, inRetry('CancelCharge', 'payment.tasks')]
    expect(find(cancelled, { payment: { ...payment, waiting } })).toMatchObject({
      place: 'retry',
      type: 'CancelCharge',
    })
  })

  it('the open task, if a message from before the cancellation is a dead letter', () => {
    const payment = {
      ...cancelledAtPayment,
      task: openTask('CancelCharge'),
      waiting: [letter('OrderPlaced', 'payment.inbox')],
    }
    expect(find(cancelled, { payment })).toMatchObject({ service: 'payment', place: 'queue', type: 'CancelCharge' })
  })

  it('the open task, if an earlier refusal has not been sent', () => {
    const payment = { ...cancelledAtPayment, task: openTask('Refund'), waiting: [inOutbox('PaymentRefundFailed')] }
    expect(find(cancelled, { payment })).toMatchObject({ service: 'payment', place: 'queue', type: 'Refund' })
  })

  it('the release in the outbox, if a message from before the cancellation is a dead letter', () => {
    const inventory = {
      ...noMessages,
      handled: ['OrderCancelled'],
      waiting: [letter('PaymentProcessed', 'inventory.inbox'), inOutbox('InventoryReleased')],
    }
    expect(find({ ...cancelled, payment: 'voided' }, { inventory })).toMatchObject({
      service: 'inventory',
      place: 'outbox',
      type: 'InventoryReleased',
    })
  })

  it('not a task that has become a dead letter, once payment has answered', () => {
    const payment = { ...cancelledAtPayment, waiting: [letter('Charge', 'payment.tasks')] }
    expect(find(cancelled, { payment })).toMatchObject({ service: 'order', place: 'queue', queue: 'order.inbox' })
  })

  it('a task of payment without a message, if the gateway refused the refund', () => {
    const refused = { ...cancelled, payment: 'refund_failed', inventory: 'released' } as const
    expect(find(refused, { payment: cancelledAtPayment })).toMatchObject({
      service: 'payment',
      place: 'task',
      type: null,
      queue: null,
    })
  })

  it('the answer in the outbox of its publisher', () => {
    const payment = { ...handledByPayment, waiting: [inOutbox('PaymentProcessed')] }
    expect(find(placed, { payment })).toMatchObject({ service: 'payment', place: 'outbox', type: 'PaymentProcessed' })
  })

  it('the answer, if the broker has refused it', () => {
    const payment = { ...handledByPayment, waiting: [letter('PaymentProcessed', 'payment.events')] }
    expect(find(placed, { payment })).toMatchObject({
      service: 'payment',
      place: 'dead_letter',
      type: 'PaymentProcessed',
      deadLetterId: 'd1',
    })
  })

  it('the answer in the queue of the order service', () => {
    expect(find(placed, {})).toMatchObject({ service: 'order', place: 'queue', queue: 'order.inbox' })
  })

  it('the answer that waits for a retry by the order service', () => {
    const order = { ...noMessages, waiting: [inRetry('PaymentProcessed', 'order.inbox')] }
    expect(find(placed, { order })).toMatchObject({ service: 'order', place: 'retry', type: 'PaymentProcessed' })
  })

  it.each(['PaymentDeclined', 'PaymentRefundFailed'])(
    '%s of a cancelled order that the order service cannot handle',
    (type) => {
      const order = { ...noMessages, waiting: [letter(type, 'order.inbox')] }
      expect(find(cancelled, { order, payment: cancelledAtPayment })).toMatchObject({
        service: 'order',
        place: 'dead_letter',
        type,
      })
    },
  )

  it('InventoryRejected of a cancelled order that the order service cannot handle', () => {
    const order = { ...noMessages, waiting: [letter('InventoryRejected', 'order.inbox')] }
    const inventory = { ...handledByInventory, handled: ['OrderCancelled'] }
    expect(find({ ...cancelled, payment: 'voided' }, { order, inventory })).toMatchObject({
      service: 'order',
      place: 'dead_letter',
    })
  })

  it('the answer of inventory, even if payment does not respond', () => {
    const order = { ...noMessages, waiting: [inRetry('InventoryReserved', 'order.inbox')] }
    expect(find(paid, { payment: { unknown: 'it is unavailable' }, order })).toMatchObject({
      service: 'order',
      place: 'retry',
    })
  })

  it('PaymentProcessed that inventory cannot handle, even if payment does not respond', () => {
    const inventory = {
      ...noMessages,
      handled: ['OrderPlaced'],
      waiting: [letter('PaymentProcessed', 'inventory.inbox')],
    }
    expect(find(paid, { payment: { unknown: 'it is unavailable' }, inventory })).toMatchObject({
      service: 'inventory',
      place: 'dead_letter',
    })
  })

  it('OrderPlaced that inventory cannot handle, although it has handled PaymentProcessed', () => {
    const inventory = {
      ...noMessages,
      handled: ['PaymentProcessed'],
      waiting: [letter('OrderPlaced', 'inventory.inbox')],
    }
    expect(find(paid, { inventory })).toMatchObject({ service: 'inventory', place: 'dead_letter', type: 'OrderPlaced' })
  })

  it('the answer that the order service cannot handle, even if payment does not respond', () => {
    const order = { ...noMessages, waiting: [letter('PaymentProcessed', 'order.inbox')] }
    expect(find(placed, { payment: { unknown: 'it is unavailable' }, order })).toMatchObject({
      service: 'order',
      place: 'dead_letter',
    })
  })

  it('PaymentProcessed in the outbox of payment, if inventory has not handled it', () => {
    const payment = { ...handledByPayment, waiting: [inOutbox('PaymentProcessed')] }
    const inventory = { ...noMessages, handled: ['OrderPlaced'] }
    expect(find(paid, { payment, inventory })).toMatchObject({ service: 'payment', place: 'outbox' })
  })

  it('PaymentProcessed in the queue of inventory', () => {
    const inventory = { ...noMessages, handled: ['OrderPlaced'] }
    expect(find(paid, { inventory })).toMatchObject({
      service: 'inventory',
      place: 'queue',
      type: 'PaymentProcessed',
      queue: 'inventory.inbox',
    })
  })

  it('unknown if a service does not respond', () => {
    expect(find(placed, { payment: { unknown: 'it is unavailable' } })).toMatchObject({
      service: 'payment',
      place: 'unknown',
      error: 'it is unavailable',
    })
  })
})
