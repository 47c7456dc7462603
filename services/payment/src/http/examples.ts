/** Examples for the API document. Tests send them and compare the responses. */

/** A refund by the gateway, and one that was made by hand. */
export const refundRequestExamples = [{ manual: false as const }, { manual: true as const, reference: 'transfer-4711' }]

/** The payment of an order that was charged at the first attempt. */
export const paymentExample = {
  orderId: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77',
  status: 'captured' as const,
  captured: 2_500,
  refunded: 0,
  currency: 'EUR',
  attempts: 1,
  gatewayReference: 'sim_7',
  refund: null,
}

/** The payment after the retry of a refund that the gateway refused. */
export const retriedRefundExample = {
  ...paymentExample,
  status: 'refunding' as const,
  refund: {
    attempts: 2,
    refusal: null,
    refusals: [{ attempt: 1, code: 'expired_or_canceled_card', at: '2026-11-26T18:53:00.000Z' }],
    manualReference: null,
  },
}
