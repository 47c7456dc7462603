/** The examples of the API document. The tests post them, and compare what they get. */

export const countExample = { onHand: 100 }
export const receiptExample = { quantity: 12 }

/** The stock of a SKU of which 100 pieces were counted and orders hold none. */
export const stockExample = { sku: 'mug', onHand: 100, reserved: 0, available: 100 }

export const reservationExample = {
  orderId: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77',
  status: 'reserved' as const,
  lines: [{ sku: 'mug', quantity: 2 }],
}
