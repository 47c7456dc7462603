import type { Databases, Finding } from '@quadrille/audit'
import type { InjectedFault } from '../inject-faults.ts'
import type { TrackedOrder } from '../load/order-tracker.ts'
import type { RunResult } from '../phases.ts'
import { query } from '../world/query.ts'

/** An order that expired although it could have been fulfilled. Times in ms after the start of the run. */
export interface ExpiredOrder {
  readonly orderId: string
  readonly kind: string
  readonly placedAtMs: number
  /** When its stock was reserved, if that was before its expiry. */
  readonly reservedAtMs: number | null
  /** The time of its expiry. */
  readonly dueAtMs: number
}

/** How long the effects of a fault may outlast it: the services reconnect and work off their backlog. */
const aftermathMs = 15_000

/** Reads the expired orders from the order database. */
export const checkExpiry = async (databases: Databases, result: RunResult): Promise<Finding> => {
  const expired = result.orders.filter(({ ending, kind }) => ending === 'expired' && kind !== 'expired')
  return expiryFinding(await readExpired(databases, expired, result.startedAt), result.injected)
}

/** An order may only expire if a fault may have delayed it or its events. */
export const expiryFinding = (orders: readonly ExpiredOrder[], injected: readonly InjectedFault[]): Finding => {
  const isDelayed = ({ placedAtMs, reservedAtMs, dueAtMs }: ExpiredOrder) =>
    injected.some(({ atMs, overAtMs }) => atMs < dueAtMs && overAtMs + aftermathMs > (reservedAtMs ?? placedAtMs))
  const inTime = orders.filter(({ reservedAtMs }) => reservedAtMs !== null)
  return {
    invariant: 'expiry',
    claim: 'no order expires unless a fault may have delayed it',
    checked: {
      'expired orders that could have been fulfilled': orders.length,
      'with stock reserved in time': inTime.length,
    },
    violations: orders
      .filter((order) => !isDelayed(order))
      .map(({ orderId, kind, reservedAtMs }) => ({
        subject: orderId,
        detail: `expired without a fault${reservedAtMs === null ? '' : ', although its stock was reserved in time'} (${kind})`,
      })),
  }
}

const readExpired = async (
  { order }: Databases,
  expired: readonly TrackedOrder[],
  startedAt: Date,
): Promise<ExpiredOrder[]> => {
  const rows = await query<{ id: string; expiresAt: Date; reservedAt: Date | null }>(
    order,
    `select customer_order.id, expires_at as "expiresAt", min((event->>'time')::timestamptz) as "reservedAt"
     from customer_order
     left join order_event on order_id = customer_order.id and event->>'type' = 'InventoryReserved'
     where customer_order.id = any($1::uuid[]) group by customer_order.id`,
    [expired.map(({ orderId }) => orderId)],
  )
  const tracked = new Map(expired.map((order) => [order.orderId, order]))
  const sinceStart = (time: Date) => time.getTime() - startedAt.getTime()
  return rows.map(({ id, expiresAt, reservedAt }) => ({
    orderId: id,
    kind: tracked.get(id)?.kind ?? 'unknown',
    placedAtMs: tracked.get(id)?.placedAtMs ?? 0,
    reservedAtMs: reservedAt && reservedAt < expiresAt ? sinceStart(reservedAt) : null,
    dueAtMs: sinceStart(expiresAt),
  }))
}
