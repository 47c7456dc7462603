/** Examples for the API documents. Tests send them and compare the responses. */

/** An order of two mugs. */
export const orderRequestExample = {
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 2, unitPrice: 1_250 }],
  payment: { method: 'pm_card_visa' },
}

/** The response to it. */
export const orderExample = {
  id: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77',
  reference: null,
  metadata: null,
  status: 'placed' as const,
  settled: false,
  cancellation: null,
  customer: orderRequestExample.customer,
  currency: 'EUR',
  total: 2_500,
  lines: orderRequestExample.lines,
  payment: { status: 'pending' as const },
  inventory: { status: 'pending' as const },
  notifications: [],
  shipments: [],
  createdAt: '2026-11-26T18:51:00.000Z',
  updatedAt: '2026-11-26T18:51:00.000Z',
}

/** The response to its cancellation. */
export const cancelledOrderExample = {
  ...orderExample,
  status: 'cancelled' as const,
  cancellation: { reason: 'customer' as const },
  updatedAt: '2026-11-26T18:53:00.000Z',
}

export const missingExample = [{ sku: 'mug', requested: 2, available: 1 }]
