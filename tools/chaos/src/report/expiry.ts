import type { Databases, Finding } from '@quadrille/audit'
import type { Course } from '../course.ts'
import type { InjectedFault } from '../inject-faults.ts'
import type { BookedOrder } from '../load/order-book.ts'
import { query } from '../world/query.ts'

/** An order that expired, although it could have been fulfilled. Times in ms after the start of the run. */
export interface ExpiredOrder {
  readonly orderId: string
  readonly placedAtMs: number
  /** When its stock was reserved, if that was before its expiry. */
  readonly reservedAtMs: number | null
  /** The time of its expiry. */
  readonly dueAtMs: number
}

/** How long the effects of a fault may last after its end: the services reconnect, and work off their backlog. */
const aftermathMs = 15_000

/** Loads the expired orders from the databases. */
export const checkExpiry = async (databases: Databases, course: Course): Promise<Finding> => {
  const expired = course.orders.filter(({ ending, kind }) => ending === 'expired' && kind !== 'expired')
  return withoutReason(await readExpired(databases, expired, course.startedAt), course.injected)
}

/** An order may only expire because a fault delayed it, or delayed its events. */
export const withoutReason = (orders: readonly ExpiredOrder[], injected: readonly InjectedFault[]): Finding => {
  const isDisturbed = ({ placedAtMs, reservedAtMs, dueAtMs }: ExpiredOrder) =>
    injected.some(({ atMs, overAtMs }) => atMs < dueAtMs && overAtMs + aftermathMs > (reservedAtMs ?? placedAtMs))
  const inTime = orders.filter(({ reservedAtMs }) => reservedAtMs !== null)
  return {
    invariant: 'expiry',
    claim: 'no order expires without a fault between its placing and its expiry',
    checked: { 'expired that could be fulfilled': orders.length, 'of them reserved in time': inTime.length },
    violations: orders
      .filter((order) => !isDisturbed(order))
      .map(({ orderId, reservedAtMs }) => ({
        subject: orderId,
        detail: `expired without a fault${reservedAtMs === null ? '' : ', although its stock was reserved in time'}`,
      })),
  }
}

const readExpired = async (
  { order }: Databases,
  expired: readonly BookedOrder[],
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
  const placedAt = new Map(expired.map(({ orderId, placedAtMs }) => [orderId, placedAtMs]))
  const sinceStart = (time: Date) => time.getTime() - startedAt.getTime()
  return rows.map(({ id, expiresAt, reservedAt }) => ({
    orderId: id,
    placedAtMs: placedAt.get(id) ?? 0,
    reservedAtMs: reservedAt && reservedAt < expiresAt ? sinceStart(reservedAt) : null,
    dueAtMs: sinceStart(expiresAt),
  }))
}
