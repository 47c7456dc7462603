/** Shared values of the examples: one order, from placed to settled. */

export const orderExample = {
  orderId: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77',
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  total: 2_500,
  lines: [{ sku: 'mug', quantity: 2, unitPrice: 1_250 }],
}

export const stockLinesExample = [{ sku: 'mug', quantity: 2 }]

export const amountExample = { orderId: orderExample.orderId, amount: 2_500, currency: 'EUR' }

export const parcelExample = {
  carrier: 'DHL',
  trackingCode: '00340434161094042557',
  at: '2026-11-26T18:51:00.000Z',
}
