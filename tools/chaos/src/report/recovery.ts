import type { InjectedFault } from '../inject-faults.ts'
import type { BookedOrder } from '../load/order-book.ts'

type PlacedOrder = Pick<BookedOrder, 'placedAtMs' | 'settledAtMs'>

/** The time from the end of a fault until an order was settled that was placed after it. */
export interface Recovery {
  readonly kind: string
  readonly ms: number
  /** No other fault was active meanwhile. */
  readonly undisturbed: boolean
}

/** One for each fault, except for faults after which no order was settled. */
export const recoveries = (injected: readonly InjectedFault[], orders: readonly PlacedOrder[]): Recovery[] =>
  injected.flatMap((fault) => {
    const { kind, healedAtMs } = fault
    const worksAtMs = firstSettledAfter(healedAtMs, orders)
    if (worksAtMs === null) return []
    const goesOn = (other: InjectedFault) => other !== fault && other.atMs < worksAtMs && other.overAtMs > healedAtMs
    return [{ kind, ms: worksAtMs - healedAtMs, undisturbed: !injected.some(goesOn) }]
  })

const firstSettledAfter = (ms: number, orders: readonly PlacedOrder[]): number | null => {
  let first: number | null = null
  for (const { placedAtMs, settledAtMs } of orders) {
    if (placedAtMs >= ms && settledAtMs !== null && (first === null || settledAtMs < first)) first = settledAtMs
  }
  return first
}
