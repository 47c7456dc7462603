/**
 * The idempotency keys of gateway calls. A gateway repeats the stored response of a known key, including a stored 500
 * (https://docs.stripe.com/api/idempotent_requests). So each attempt to confirm or refund has its own key. The payment intent
 * prevents a double effect: it is captured once, and refunds at most the captured amount. An order has a single key for
 * creating its payment intent, so that a repeated call finds a payment intent whose reference was not stored.
 */
export const createKey = (orderId: string): string => `create:${orderId}`

export const confirmKey = (reference: string, attempt: number): string => `confirm:${reference}:${attempt}`

export const refundKey = (reference: string, round: number, attempt: number): string =>
  `refund:${reference}:${round}:${attempt}`
