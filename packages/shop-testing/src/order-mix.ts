/** A mix of orders of every kind: their content, cancellations, and possible endings. */
import type { CancellationReason } from '@quadrille/events'
import type { OrderRequest } from './shop.ts'

export interface MixedOrder {
  readonly kind: OrderKind
  readonly request: OrderRequest
  readonly endings: readonly ('fulfilled' | CancellationReason)[]
  /** The customer cancels it, some time after it was accepted. */
  readonly cancelled: boolean
}

interface Kind {
  /** The number of such orders among a hundred. */
  readonly share: number
  readonly method?: string
  readonly sku?: string
  readonly unitPrice?: number
  readonly currency?: string
  readonly cancelled?: boolean
  readonly endings: MixedOrder['endings']
}

const kinds = {
  fulfilled: { share: 38, endings: ['fulfilled'] },
  free: { share: 2, unitPrice: 0, endings: ['fulfilled'] },
  declined: { share: 6, method: 'pm_card_chargeDeclined', endings: ['payment_declined'] },
  insufficientFunds: {
    share: 4,
    method: 'pm_card_chargeDeclinedInsufficientFunds',
    endings: ['payment_declined'],
  },
  /** The simulated gateway rejects the currency, so it has no payment intent. */
  rejectedTerms: { share: 1, currency: 'XDR', endings: ['payment_declined'] },
  rejectedTermsCancelled: { share: 1, currency: 'XDR', cancelled: true, endings: ['customer', 'payment_declined'] },
  /** The stock does not suffice for all of them. */
  scarce: { share: 6, sku: 'scarce', endings: ['fulfilled', 'out_of_stock'] },
  soldOut: { share: 5, sku: 'sold-out', endings: ['out_of_stock'] },
  cancelled: { share: 12, cancelled: true, endings: ['customer', 'fulfilled'] },
  flaky: { share: 5, method: 'pm_sim_flaky', endings: ['fulfilled'] },
  timeoutThenCharged: { share: 5, method: 'pm_sim_timeout_then_charged', endings: ['fulfilled'] },
  slow: { share: 3, method: 'pm_sim_slow', endings: ['fulfilled'] },
  cancelledWhileSlow: { share: 3, method: 'pm_sim_slow', cancelled: true, endings: ['customer', 'fulfilled'] },
  refundRefused: { share: 5, method: 'pm_card_refundFail', sku: 'sold-out', endings: ['out_of_stock'] },
  expired: { share: 4, method: 'pm_sim_down', endings: ['expired'] },
} as const satisfies Record<string, Kind>

export type OrderKind = keyof typeof kinds

/** The stock for a mix: plenty of some SKUs, a few pieces of one, and nothing of another. */
export const stockForMix: Readonly<Record<string, number>> = {
  mug: 1_000_000,
  tea: 1_000_000,
  scarce: 20,
  'sold-out': 0,
}

/** A mix of `count` orders, in random order. `random` returns numbers from 0 to below 1. */
export const orderMix = (count: number, random: () => number): MixedOrder[] =>
  shuffled(
    Array.from({ length: count }, (_, index) => mixedOrder(index)),
    random,
  )

const orderKinds = Object.keys(kinds) as OrderKind[] // `Object.keys` returns strings

const hundred = orderKinds.flatMap((kind) => Array<OrderKind>(kinds[kind].share).fill(kind))

const mixedOrder = (index: number): MixedOrder => {
  const kind = hundred[(index * 37) % hundred.length] ?? 'fulfilled' // 37, so that the first orders have different kinds
  const { method = 'pm_card_visa', sku = 'mug', unitPrice = 1_500, currency = 'EUR', ...rest }: Kind = kinds[kind]
  const { cancelled = false, endings } = rest
  const lines = [
    { sku, quantity: 1 + (index % 2), unitPrice },
    { sku: 'tea', quantity: 1, unitPrice },
  ]
  const customer = { id: `customer-${index % 100}`, email: 'ada@example.com' }
  return { kind, cancelled, endings, request: { customer, currency, lines, payment: { method } } }
}

const shuffled = <Item>(items: readonly Item[], random: () => number): Item[] =>
  items
    .map((item) => ({ item, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item)
