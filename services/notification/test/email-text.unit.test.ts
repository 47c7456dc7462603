import { newOrderId, type OrderOccasion, primitives } from '@quadrille/events'
import { prose } from '@quadrille/messages'
import { anOrder } from '@quadrille/shop-testing'
import { describe, expect, it } from 'vitest'
import { emailTextOf } from '../src/channels/email-text.ts'
import { formatMoney } from '../src/channels/money.ts'

const orderId = newOrderId()
const { customer, currency, total } = anOrder(orderId)
const emailFor = (occasion: OrderOccasion) => emailTextOf({ orderId, occasion, customer, currency, total })

describe('an email', () => {
  it('confirms the receipt of an order, with its amount and number', () => {
    expect(emailFor('order_placed')).toEqual({
      subject: 'Thank you for your order',
      text: `Hello,\n\nWe have received your order of €45.00. We will write again as soon as it is confirmed.\n\nYour order number is ${orderId}.\n`,
    })
  })

  it.each(primitives.orderOccasion.options)(
    'on %s is plain text with a subject of one line, and fits its event',
    (occasion) => {
      const { subject, text } = emailFor(occasion)
      expect(subject).toMatch(/^[ -~]{1,60}$/)
      expect(prose(100_000).safeParse(text).success).toBe(true)
      expect(text).not.toMatch(/[<>]|undefined|NaN/)
      expect(text).toContain(orderId)
      expect(text).toContain('€45.00')
    },
  )

  it.each(['order_placed', 'order_fulfilled', 'order_cancelled'] as const)(
    'on %s does not mention a payment if the order costs nothing',
    (occasion) => {
      const { text } = emailTextOf({ orderId, occasion, customer, currency, total: 0 })
      expect(text).not.toMatch(/pa(y|id)|money|refund|return/i)
      expect(text).toContain(orderId)
    },
  )

  it('on a cancellation does not claim a refund, because a payment is still unknown', () => {
    expect(emailFor('order_cancelled').text).toContain('If you have already paid, you will get your money back')
  })

  it('about a parcel has the carrier and the tracking code', () => {
    const occasion = 'shipment_dispatched:2026-11-26T19:30:00.000Z' as const
    const parcel = { carrier: 'Österreichische Post', trackingCode: 'AT 1234' }
    expect(emailTextOf({ orderId, occasion, customer, currency, total, parcel })).toEqual({
      subject: 'A parcel is on its way',
      text: `Hello,\n\nWe have handed a parcel of your order to Österreichische Post. Its tracking code is AT 1234.\n\nYour order number is ${orderId}.\n`,
    })
  })

  it('differs between occasions', () => {
    expect(new Set(primitives.orderOccasion.options.map((occasion) => emailFor(occasion).text)).size).toBe(5)
  })
})

describe('money', () => {
  it.each([
    [4_500, 'EUR', '€45.00'],
    [0, 'USD', '$0.00'],
    [1_234, 'JPY', '¥1,234'],
    [1_234, 'KWD', 'KWD 1.234'],
    [123_456, 'COP', 'COP 1,234.56'], // Intl alone would format COP 1,235, or COP 123,456 with its own minor unit
    [123_456, 'HUF', 'HUF 1,234.56'],
    [1_000_000_000_000, 'CHF', 'CHF 10,000,000,000.00'],
    [999_999_999_999, 'GBP', '£9,999,999,999.99'],
  ])('%d %s is %s', (amount, code, written) => {
    expect(formatMoney(amount, code).replaceAll('\u00a0', ' ')).toBe(written)
  })
})
