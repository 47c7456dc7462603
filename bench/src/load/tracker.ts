/** Tracks orders from the request until they are settled. */
import type { Shop } from './shop.ts'

export interface OrderTracker {
  /** The number of orders that are not settled, including those without an answer. */
  readonly inFlight: number
  /** The time from the intended start until the order was seen settled, for each settled order, ms. */
  readonly settledMs: number[]
  /** The time from the intended start until the response, for each accepted order, ms. */
  readonly acceptedMs: number[]
  /** Places an order whose intended start is `intended`, a time of `performance.now()`. A failure is thrown by `poll`. */
  place(intended: number): void
  /** Looks for settled orders among the open ones. @throws the error of an order that was not accepted. */
  poll(): Promise<void>
}

export const trackOrders = (shop: Pick<Shop, 'place' | 'settled'>): OrderTracker => {
  const open = new Map<string, number>()
  const settledMs: number[] = []
  const acceptedMs: number[] = []
  const failures: unknown[] = []
  let placing = 0
  const place = async (intended: number): Promise<void> => {
    placing += 1
    try {
      const id = await shop.place()
      acceptedMs.push(performance.now() - intended)
      open.set(id, intended)
    } catch (error) {
      failures.push(error)
    } finally {
      placing -= 1
    }
  }
  return {
    get inFlight() {
      return open.size + placing
    },
    settledMs,
    acceptedMs,
    place: (intended) => void place(intended),
    poll: async () => {
      if (failures.length > 0) throw failures[0]
      if (open.size === 0) return
      const settled = await shop.settled([...open.keys()])
      const now = performance.now()
      for (const id of settled) {
        settledMs.push(now - (open.get(id) ?? now))
        open.delete(id)
      }
    },
  }
}
