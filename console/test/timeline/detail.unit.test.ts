import { expect, test } from 'vitest'
import { detailOf } from '../../src/page/views/order/timeline/detail.ts'

test.each([
  [{ channel: 'email', occasion: 'shipment_dispatched:2026-11-28T06:24:58.012Z' }, 'shipment dispatched, email'],
  [{ carrier: 'DHL: Express_1', trackingCode: 'X' }, 'DHL: Express_1'],
  [{ code: 'gateway:card_declined' }, 'gateway:card declined'],
  [{ amount: 7_500, currency: 'JPY', reason: 'out_of_stock' }, expect.stringMatching(/7,500, out of stock$/)],
  [{ lines: [] }, ''],
])('%o is summarized as %s', (data, detail) => {
  expect(detailOf(data)).toEqual(detail)
})
