/** Examples for the API document. Tests send them and compare the responses. */

export const dispatchExample = { carrier: 'DHL', trackingCode: '00340434161094042557' }

export const shipmentExample = {
  orderId: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77',
  status: 'dispatched' as const,
  parcels: [{ ...dispatchExample, at: '2026-11-26T19:30:00.000Z' }],
}
