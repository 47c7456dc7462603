/** The start of a history: a little stock, and a few orders that compete for it. */
import { type DataOf, type Draft, draft } from '@quadrille/events'
import type { Random } from '@quadrille/testing'
import { unsupportedCurrency } from './memory-gateway.ts'

export interface PlannedOrder {
  /** Several if the client got no answer and repeated the request under the same idempotency key. */
  readonly submissions: readonly Draft<'OrderSubmitted'>[]
  /** Requests to cancel it, at any time. They have no effect on a fulfilled order. */
  readonly cancellations: readonly ('customer' | 'expired')[]
  /** The parcels that leave after the order is fulfilled. Several requests may have one idempotency key. */
  readonly dispatches: readonly PlannedDispatch[]
}

export type PlannedDispatch = Omit<DataOf<'DispatchRequested'>, 'orderId'>

export interface Plan {
  /** The stock on hand of each SKU. */
  readonly stock: ReadonlyMap<string, number>
  readonly orders: readonly PlannedOrder[]
}

/** Of two submissions under one idempotency key, only the first becomes an order. */
export const orderIdsOf = ({ orders }: Plan): string[] =>
  orders.flatMap(({ submissions }) => submissions.map(({ data }) => data.orderId))

const methods = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_chargeDeclined',
  'pm_card_chargeDeclinedInsufficientFunds',
  'pm_card_refundFail',
  'pm_sim_timeout_then_charged',
  'pm_sim_flaky',
  'pm_sim_slow',
  'pm_sim_down',
]

/** The expiry of an order that has expired before the gateway is called. */
const longAgo = '2026-01-01T00:00:00.000Z'
const farOff = '9999-01-01T00:00:00.000Z'

export const planHistory = (random: Random, maxOrders: number): Plan => {
  const stock = new Map(['mug', 'tea'].map((sku) => [sku, random.below(7)]))
  return { stock, orders: Array.from({ length: 1 + random.below(maxOrders) }, () => planOrder(random)) }
}

const planOrder = (random: Random): PlannedOrder => {
  const method = random.pick(methods)
  const tooLate = random.chance(0.03)
  const request = {
    ...planRequest(random),
    payment: { method },
    createdAt: longAgo,
    expiresAt: tooLate ? longAgo : farOff,
  }
  const idempotency = { key: random.uuid(), requestHash: 'the same' }
  const orderIds = Array.from({ length: random.chance(0.1) ? 2 : 1 }, () => random.uuid())
  const expires = tooLate || method === 'pm_sim_down' || random.chance(0.2)
  return {
    submissions: orderIds.map((orderId) => draft('OrderSubmitted', { ...request, orderId, idempotency })),
    cancellations: [...(random.chance(0.3) ? ['customer' as const] : []), ...(expires ? ['expired' as const] : [])],
    dispatches: planDispatches(random),
  }
}

/** None, one or two parcels. Some have an idempotency key, and some of their requests are repeated. */
const planDispatches = (random: Random): PlannedDispatch[] =>
  Array.from({ length: random.below(3) }, () => {
    const parcel = { carrier: 'DHL', trackingCode: String(random.below(2)) }
    if (random.chance(0.5)) return [{ ...parcel, parcelId: random.uuid() }]
    const idempotencyKey = random.uuid()
    const requests = random.chance(0.5) ? 2 : 1
    return Array.from({ length: requests }, () => ({ ...parcel, parcelId: random.uuid(), idempotencyKey }))
  }).flat()

type PlannedRequest = Pick<DataOf<'OrderSubmitted'>, 'customer' | 'currency' | 'total' | 'lines'>

/**
 * Two lines may have the same SKU, some SKUs are not in the catalog, some orders cost nothing, and the gateway rejects the currency of
 * some.
 */
const planRequest = (random: Random): PlannedRequest => {
  const unitPrice = random.chance(0.05) ? 0 : 1_500
  const lines = Array.from({ length: 1 + random.below(2) }, () => ({
    sku: random.chance(0.05) ? 'unknown' : random.pick(['mug', 'tea']),
    quantity: 1 + random.below(2),
    unitPrice,
  }))
  const total = lines.reduce((sum, { quantity }) => sum + quantity * unitPrice, 0)
  const currency = random.chance(0.05) ? unsupportedCurrency : 'EUR'
  return { customer: { id: 'c-1', email: 'ada@example.com' }, currency, total, lines }
}
