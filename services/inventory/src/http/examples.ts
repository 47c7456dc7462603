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

export const photoExample = {
  photoId: '019aa2f4-3d10-7c55-8a1e-2b7f4c9d0e63',
  sku: 'mug',
  status: 'processing' as const,
  reason: null,
}
