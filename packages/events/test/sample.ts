/** One valid message of each kind that a test needs. */
import { type Draft, draft, type Message, type MessageType, seal } from '../src/index.ts'

export const orderId = '018f4e9a-0000-7000-8000-000000000001'
const now = new Date('2030-01-02T03:04:05.678Z')

export const declined = draft('PaymentDeclined', {
  orderId,
  amount: 1_500,
  currency: 'EUR',
  code: 'insufficient_funds',
  category: 'insufficient_funds',
})

export const placed = draft('OrderPlaced', {
  orderId,
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  total: 1_500,
  lines: [{ sku: 'TEA-1', quantity: 3, unitPrice: 500 }],
  payment: { method: 'pm_card_visa' },
  expiresAt: '2030-01-02T03:19:05.678Z',
  reference: 'web-77',
  metadata: { basket: '12' },
})

export const sealed = <Type extends MessageType>(said: Draft<Type>): Message<Type> =>
  seal(said, { service: 'test', now })
