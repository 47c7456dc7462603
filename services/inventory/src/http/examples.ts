/** Examples for the API document. The tests send them and compare the answers. */

export const countExample = { onHand: 100 }
export const receiptExample = { quantity: 12 }

/** The stock of a SKU with 100 counted pieces, none of them held. */
export const stockExample = { sku: 'mug', onHand: 100, reserved: 0, available: 100 }

export const reservationExample = {
  orderId: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77',
  status: 'reserved' as const,
  lines: [{ sku: 'mug', quantity: 2 }],
}
