/** An order for items of the demo catalog. */
export const order = {
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 2, unitPrice: 1_250 }],
  payment: { method: 'pm_card_visa' },
}
