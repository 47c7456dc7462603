/** The orders of a run: those that were accepted, and when each was settled, according to the order database. */
import { faultOf, openDatabase } from '@quadrille/postgres'
import type { MixedOrder } from '@quadrille/shop-testing'

export interface BookedOrder extends Omit<MixedOrder, 'endings'> {
  readonly orderId: string
  /** As far as the customer can know by now. */
  endings: MixedOrder['endings']
  /** When the customer sent the first request, ms after the start of the run. */
  readonly placedAtMs: number
  settledAtMs: number | null
  /** Fulfilled, or the reason of the cancellation. Null until it is settled. */
  ending: string | null
}

export interface OrderBook {
  readonly orders: readonly BookedOrder[]
  open(): number
  accepted(order: MixedOrder, orderId: string, placedAtMs: number): BookedOrder
  /** Checks which open orders are settled, and returns those that wait for an operator's refund. */
  look(): Promise<string[]>
  close(): Promise<void>
}

export const orderBook = (databaseUrl: string, now: () => number): OrderBook => {
  const database = openDatabase({ url: databaseUrl, applicationName: 'chaos', max: 1, onIdleError: () => undefined })
  const orders: BookedOrder[] = []
  const open = new Map<string, BookedOrder>()
  return {
    orders,
    open: () => open.size,
    accepted: (order, orderId, placedAtMs) => {
      const booked: BookedOrder = { ...order, orderId, placedAtMs, settledAtMs: null, ending: null }
      orders.push(booked)
      open.set(orderId, booked)
      return booked
    },
    look: async () => {
      const rows = await database
        .query<{ id: string; settled: boolean; ending: string }>(
          `select id, settled, coalesce(cancellation_reason, status) as ending
             from customer_order
            where id = any($1::uuid[]) and (settled or payment = 'refund_failed')`,
          [[...open.keys()]],
        )
        .catch(nothingWhileAway)
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

const nothingWhileAway = (error: unknown): [] => {
  if (faultOf(error) === 'unavailable') return []
  throw error
}
