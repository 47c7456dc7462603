/** The accepted orders of a run, and when each was settled according to the order database. */
import { faultOf, openDatabase } from '@quadrille/postgres'
import type { MixedOrder } from '@quadrille/shop-testing'

export interface TrackedOrder extends Omit<MixedOrder, 'endings'> {
  readonly orderId: string
  /** The possible endings. A cancellation narrows them. */
  endings: MixedOrder['endings']
  /** When the customer sent the first request, ms after the start of the run. */
  readonly placedAtMs: number
  settledAtMs: number | null
  /** Fulfilled, or the reason of the cancellation. Null until it is settled. */
  ending: string | null
}

export interface OrderTracker {
  readonly orders: readonly TrackedOrder[]
  openCount(): number
  add(order: MixedOrder, orderId: string, placedAtMs: number): TrackedOrder
  /** Reads which open orders are settled. Returns those with a refused refund. */
  poll(): Promise<string[]>
  close(): Promise<void>
}

export const trackOrders = (databaseUrl: string, now: () => number): OrderTracker => {
  const database = openDatabase({ url: databaseUrl, applicationName: 'chaos', max: 1, onIdleError: () => undefined })
  const orders: TrackedOrder[] = []
  const open = new Map<string, TrackedOrder>()
  return {
    orders,
    openCount: () => open.size,
    add: (order, orderId, placedAtMs) => {
      const tracked: TrackedOrder = { ...order, orderId, placedAtMs, settledAtMs: null, ending: null }
      orders.push(tracked)
      open.set(orderId, tracked)
      return tracked
    },
    poll: async () => {
      const rows = await database
        .query<{ id: string; settled: boolean; ending: string }>(
          `select id, settled, coalesce(cancellation_reason, status) as ending
             from customer_order
            where id = any($1::uuid[]) and (settled or payment = 'refund_failed')`,
          [[...open.keys()]],
        )
        .catch(emptyWhileUnavailable)
      const settledAtMs = now()
      for (const { id, ending } of rows.filter(({ settled }) => settled)) {
        Object.assign(open.get(id) ?? {}, { settledAtMs, ending })
        open.delete(id)
      }
      return rows.filter(({ settled }) => !settled).map(({ id }) => id)
    },
    close: () => database.end(),
  }
}

const emptyWhileUnavailable = (error: unknown): [] => {
  if (faultOf(error) === 'unavailable') return []
  throw error
}
