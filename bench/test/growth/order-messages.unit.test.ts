import { contentHash, messageId } from '@quadrille/messages'
import { expect, it } from 'vitest'
import { messagesOf, type OrderRows } from '../../src/growth/order-messages.ts'

const orderId = '01980000-0000-7000-8000-000000000001'
const lines = [{ sku: 'a', quantity: 1, unitPrice: 10 }]
const customer = { id: 'c', email: 'c@example.com' }

const rows: OrderRows = {
  order: {
    ...{ id: orderId, cancellation_reason: null, customer_id: customer.id, customer_email: customer.email },
    ...{ currency: 'EUR', total: 10, lines },
    created_at: '2026-01-01T00:00:00.123+00:00',
    expires_at: '2026-01-01T00:15:00.123+00:00',
  },
  events: [
    { event: { type: 'OrderPlaced', data: { orderId, total: 10 } } },
    { event: { type: 'NotificationSent', data: { orderId, channel: 'email', occasion: 'order_placed' } } },
  ],
  key: { key: 'k', request_hash: 'h' },
  payment: { code: null, refund_round: 0 },
  intent: { reference: 'sim_1', method: 'pm_card_visa' },
  notifications: [
    { ...{ channel: 'email', occasion: 'order_placed', attempts: 1, code: null }, ...{ subject: 's', text: 't' } },
  ],
}

const messages = messagesOf(rows)
const messageOf = (type: string) => messages.find(({ name }) => name.startsWith(`${type}/`))

it('names events by their identity, and completes the payment method', () => {
  expect(messageOf('NotificationSent')).toMatchObject({ name: 'NotificationSent/email:order_placed' })
  expect(messageOf('OrderPlaced')).toEqual({
    id: messageId(orderId, 'OrderPlaced', ''),
    name: 'OrderPlaced/',
    data: `{"orderId":"${orderId}","payment":{"method":"pm_card_visa"},"total":10}`,
  })
})

it('derives internal messages from the rows', () => {
  expect(messageOf('ChargeSucceeded')?.id).toBe(messageId(orderId, 'ChargeSucceeded', 'sim_1'))
  const submitted = {
    ...{ orderId, customer, currency: 'EUR', total: 10, lines, payment: { method: 'pm_card_visa' } },
    createdAt: '2026-01-01T00:00:00.123Z',
    expiresAt: '2026-01-01T00:15:00.123Z',
    idempotency: { key: 'k', requestHash: 'h' },
  }
  expect(JSON.parse(messageOf('OrderSubmitted')?.data ?? '')).toEqual(submitted)
  const delivered = {
    orderId,
    channel: 'email',
    occasion: 'order_placed',
    attempts: 1,
    kept: { subject: 's', text: 't' },
  }
  expect(messageOf('NotificationDelivered')?.name).toBe(`NotificationDelivered/${contentHash(delivered)}`)
})
