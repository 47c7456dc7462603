import type { BookedOrder } from '../load/order-book.ts'
import type { Strike } from '../strike.ts'

type PlacedOrder = Pick<BookedOrder, 'placedAtMs' | 'settledAtMs'>

/** How long it took after a fault was healed until an order was settled that was placed since. */
export interface Recovery {
  readonly kind: string
  readonly ms: number
  /** No other fault went on meanwhile. */
  readonly undisturbed: boolean
}

/** One for each fault, but for those after which no order was settled any more. */
export const recoveries = (strikes: readonly Strike[], orders: readonly PlacedOrder[]): Recovery[] =>
  strikes.flatMap((strike) => {
    const { kind, healedAtMs } = strike
    const worksAtMs = firstSettledAfter(healedAtMs, orders)
    if (worksAtMs === null) return []
    const goesOn = (other: Strike) => other !== strike && other.atMs < worksAtMs && other.overAtMs > healedAtMs
    return [{ kind, ms: worksAtMs - healedAtMs, undisturbed: !strikes.some(goesOn) }]
  })

const firstSettledAfter = (ms: number, orders: readonly PlacedOrder[]): number | null => {
  let first: number | null = null
  for (const { placedAtMs, settledAtMs } of orders) {
    if (placedAtMs >= ms && settledAtMs !== null && (first === null || settledAtMs < first)) first = settledAtMs
  }
  return first
}
