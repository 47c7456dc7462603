import type { Sql } from '@quadrille/postgres'
import { noLines } from '../records/lines-hash.ts'
import type { ReservationRecord } from '../records/reservation-record.ts'
import { checkEach, type Faults, type Invariant, type Slice, violationsOf } from './invariant.ts'

export const stockAddsUp: Invariant = {
  name: 'I3',
  claim:
    'stock on hand is receipts and adjustments minus fulfilled orders, reserved stock is that of open orders, and no stock is oversold',
  checkOrders: (slice) => ({
    checked: { reservations: slice.records.reservations.size },
    violations: checkEach(slice.records.reservations, (reservation) => reservationFaults(reservation, slice)),
  }),
  checkSystem: async ({ snapshots: { inventory } }) => {
    const accounts = await readAccounts(inventory)
    return {
      checked: { SKUs: accounts.length },
      violations: accounts.flatMap((account) => violationsOf(account.sku, balanceFaults(account))),
    }
  },
}

/** Quantities of one SKU: the stored ones, and those computed from movements and reservations. */
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

function* balanceFaults({ onHand, reserved, moved, committed, held }: StockAccount): Faults {
  if (onHand !== moved - committed)
    yield `${onHand} are on hand, but ${moved} were received or adjusted and ${committed} were taken`
  if (reserved !== held) yield `${reserved} are reserved, but the reservations add up to ${held}`
  if (reserved < 0 || reserved > onHand) yield `${onHand} on hand, ${reserved} reserved: oversold`
}

function* reservationFaults(reservation: ReservationRecord, { records: { orders }, isInProgress }: Slice): Faults {
  const { orderId, status, linesHash } = reservation
  const order = orders.get(orderId)
  if (!order) return // reported by I6
  const isTaken = status === 'committed'
  if (isTaken && order.status !== 'fulfilled') yield `is ${order.status}, but its stock was taken`
  if (linesHash !== order.linesHash && !mayDiffer(reservation))
    yield 'has a reservation that differs from the ordered goods'
  if (isInProgress(order)) return
  if (order.status === 'cancelled' && status === 'reserved') yield 'is cancelled, but its stock is still reserved'
  if (order.status === 'fulfilled' && !isTaken) yield `is fulfilled, but its stock is ${status}`
}

/** A reservation that never held anything may have no lines, and a rejection that was restored has only the missing ones. */
const mayDiffer = ({ status, linesHash }: ReservationRecord): boolean =>
  status === 'rejected' || (linesHash === noLines && ['pending', 'released'].includes(status))
