/** The reference of a payment without a payment intent: the total is 0, or the gateway rejects the terms. */

/** It stands for the reference in messages, which require one. */
export const noReference = 'none'

/** Returns the reference of a payment intent. Null if the message or the payment has no payment intent. */
export const intentReference = (gatewayReference: string | null): string | null =>
  gatewayReference === noReference ? null : gatewayReference
