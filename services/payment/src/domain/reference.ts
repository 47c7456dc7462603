/** The reference of a payment without a payment intent: the total is 0, or the gateway rejects the terms. */

/** It stands for the reference in messages, which require one. */
export const noReference = 'none'

/** The reference of the payment intent that a message is about. Null if there is no payment intent. */
export const intentReference = (gatewayReference: string): string | null =>
  gatewayReference === noReference ? null : gatewayReference
