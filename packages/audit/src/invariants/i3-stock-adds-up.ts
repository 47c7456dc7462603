import type { Sql } from '@quadrille/postgres'
import type { Records } from '../records/records.ts'
import type { ReservationRecord } from '../records/reservation-record.ts'
import type { Violation } from '../report.ts'
import { type Invariant, violationsOf } from './invariant.ts'

export const stockAddsUp: Invariant = {
  name: 'I3',
  claim:
    'on hand is what came in less what fulfilled orders took, reserved is what open orders hold, and nothing is oversold',
  check: async ({ snapshots: { inventory }, records }) => {
    const accounts = await readAccounts(inventory)
    return {
      checked: { SKUs: accounts.length, reservations: records.reservations.size },
      violations: [
        ...accounts.flatMap(balances),
        ...[...records.reservations.values()].flatMap((reservation) => suitsItsOrder(reservation, records)),
      ],
    }
  },
}

/** Pieces of one SKU: as it is, and as its movements and reservations say that it should be. */
interface StockAccount {
  readonly sku: string
  readonly onHand: number
  readonly reserved: number
  readonly moved: number
  readonly committed: number
  readonly held: number
}

const readAccounts = (sql: Sql): Promise<StockAccount[]> =>
  sql.query<StockAccount>(
    `with claimed as (
       select sku, sum(quantity) filter (where status = 'committed') as committed,
              sum(quantity) filter (where status = 'reserved') as held
       from reservation, jsonb_to_recordset(lines) as line (sku text, quantity bigint)
       where status in ('committed', 'reserved') group by sku
     ), moved as (
       select sku, sum(quantity) as moved from stock_movement group by sku
     )
     select sku, coalesce(on_hand, 0) as "onHand", coalesce(reserved, 0) as reserved, coalesce(moved, 0)::bigint as moved,
            coalesce(committed, 0)::bigint as committed, coalesce(held, 0)::bigint as held
     from stock full join claimed using (sku) full join moved using (sku)`,
  )

const balances = ({ sku, onHand, reserved, moved, committed, held }: StockAccount): Violation[] =>
  violationsOf(sku, {
    [`${onHand} are on hand, but ${moved} came in and ${committed} were taken`]: onHand !== moved - committed,
    [`${reserved} are reserved, but orders hold ${held}`]: reserved !== held,
    [`${onHand} on hand, ${reserved} reserved: that is oversold`]: reserved < 0 || reserved > onHand,
  })

const suitsItsOrder = ({ orderId, status, linesHash }: ReservationRecord, { orders }: Records): Violation[] => {
  const order = orders.get(orderId)
  if (!order) return [{ subject: orderId, detail: 'has a reservation, and is no order' }]
  return violationsOf(orderId, {
    'is cancelled, and holds stock': order.status === 'cancelled' && status === 'reserved',
    [`is ${order.status}, and its stock was taken`]: order.status !== 'fulfilled' && status === 'committed',
    [`is fulfilled, and its stock is ${status}`]: order.status === 'fulfilled' && status !== 'committed',
    'was given other goods than were ordered':
      ['reserved', 'committed'].includes(status) && linesHash !== order.linesHash,
  })
}
