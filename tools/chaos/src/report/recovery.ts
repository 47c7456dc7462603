import type { InjectedFault } from '../inject-faults.ts'
import type { TrackedOrder } from '../load/order-tracker.ts'

type PlacedOrder = Pick<TrackedOrder, 'placedAtMs' | 'settledAtMs'>

/** The time from the end of a fault until the first order that was placed after it was settled. */
export interface Recovery {
  readonly kind: string
  readonly ms: number
  /** No other fault was active during this time. */
  readonly undisturbed: boolean
}

/** One for each fault after which an order was settled. */
export const recoveries = (injected: readonly InjectedFault[], orders: readonly PlacedOrder[]): Recovery[] =>
  injected.flatMap((fault) => {
    const { kind, healedAtMs } = fault
    const recoveredAtMs = firstSettledAfter(healedAtMs, orders)
    if (recoveredAtMs === null) return []
    const overlaps = (other: InjectedFault) =>
      other !== fault && other.atMs < recoveredAtMs && other.overAtMs > healedAtMs
    return [{ kind, ms: recoveredAtMs - healedAtMs, undisturbed: !injected.some(overlaps) }]
  })

const firstSettledAfter = (ms: number, orders: readonly PlacedOrder[]): number | null => {
  let first: number | null = null
  for (const { placedAtMs, settledAtMs } of orders) {
    if (placedAtMs >= ms && settledAtMs !== null && (first === null || settledAtMs < first)) first = settledAtMs
  }
  return first
}
