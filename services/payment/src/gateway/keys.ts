/**
 * The idempotency keys under which a gateway is asked. A gateway answers a known key as it did before, without doing
 * anything, and that goes for a stored 500 as well (https://docs.stripe.com/api/idempotent_requests). So what may have to
 * be tried again has a key for each try: that it isn't done twice is held by the object, which is captured once and gives
 * back no more than was captured. Creating has one key for ever, which is how a lost object is found again.
 */
export const createKey = (orderId: string): string => `create:${orderId}`

export const confirmKey = (reference: string, attempt: number): string => `confirm:${reference}:${attempt}`

export const refundKey = (reference: string, round: number, attempt: number): string =>
  `refund:${reference}:${round}:${attempt}`
