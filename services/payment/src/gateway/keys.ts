/**
 * The idempotency keys of gateway calls. A gateway repeats the stored answer of a known key, including a stored 500
 * (https://docs.stripe.com/api/idempotent_requests). So each attempt of a repeatable call has its own key. The object
 * prevents a double effect: it is captured once, and refunds at most what was captured. Creation has one permanent key,
 * which finds a lost object again.
 */
export const createKey = (orderId: string): string => `create:${orderId}`

export const confirmKey = (reference: string, attempt: number): string => `confirm:${reference}:${attempt}`

export const refundKey = (reference: string, round: number, attempt: number): string =>
  `refund:${reference}:${round}:${attempt}`
