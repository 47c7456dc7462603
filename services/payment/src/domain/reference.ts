/** The reference of a payment without a payment intent: the total is 0, or the gateway rejects the terms. */

/** It stands for the reference in messages, which require one. */
export const noReference = 'none'

/** The reference of the payment intent that a message or a payment is about. Null if there is none. */
export const intentReference = (gatewayReference: string | null): string | null =>
  gatewayReference === noReference ? null : gatewayReference
