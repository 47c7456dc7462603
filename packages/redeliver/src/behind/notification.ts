import type { History, Said } from './history.ts'

/** What it says as well as what it hears decides what notification is told. */
export interface Correspondence {
  /** What it has heard of: "order_placed,order_fulfilled". */
  readonly heard?: string | undefined
  /** What became of that: "email:order_fulfilled:sent, email:order_placed:sent". */
  readonly results?: string | undefined
}

const ends: readonly (readonly [Said, occasion: string])[] = [
  ['OrderFulfilled', 'order_fulfilled'],
  ['OrderCancelled', 'order_cancelled'],
  ['PaymentRefunded', 'payment_refunded'],
  ['PaymentRefundFailed', 'refund_failed'],
]

/**
 * What notification must be told next; nothing where its books are up to date with the history. First what customers were told,
 * so that nobody is told again. Then the order itself, if its customer was told of it; if not it comes last, and thanks nobody
 * for an order that has ended.
 */
export const behindInNotification = (
  { said, told }: History,
  { heard = '', results = '' }: Correspondence,
): readonly Said[] => {
  const forgotten = told.filter((each) => !results.split(', ').includes(resultOf(each)))
  if (forgotten.length > 0) return forgotten
  const known = new Set(heard.split(','))
  const placed: readonly Said[] = said.has('OrderPlaced') && !known.has('order_placed') ? ['OrderPlaced'] : []
  if (placed.length > 0 && told.some((each) => each.endsWith(':order_placed'))) return placed
  const missed = ends.flatMap(([type, occasion]) => (said.has(type) && !known.has(occasion) ? [type] : []))
  return missed.length > 0 ? missed : placed
}

/** "NotificationSent email:order_placed" has the result "email:order_placed:sent". */
const resultOf = (each: Said): string => {
  const [type, about] = each.split(' ')
  return `${about}:${type === 'NotificationSent' ? 'sent' : 'failed'}`
}
