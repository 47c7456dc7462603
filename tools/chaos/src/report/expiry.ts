import type { Databases, Finding } from '@quadrille/audit'
import { type ServiceName, serviceNames } from '@quadrille/events'
import type { InjectedFault } from '../inject-faults.ts'
import type { TrackedOrder } from '../load/order-tracker.ts'
import type { RunResult } from '../phases.ts'
import { calm, isCalm } from '../plan.ts'
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

/** Reads the expired orders from the order database. `orderTtlMs`: how long an order may be open. */
export const checkExpiry = async (databases: Databases, result: RunResult, orderTtlMs: number): Promise<Finding> => {
  const orders = result.orders.filter(({ kind }) => kind !== 'expired')
  const expired = await readExpired(databases, orders.filter(isExpired), result.startedAt)
  const amidFaults = orders.filter(({ placedAtMs }) => placedAtMs < result.healedMs)
  const delaying = [...result.injected, ...result.stalls]
  const finding = expiryFinding(expired, delaying, countUndelayed(amidFaults, delaying, orderTtlMs))
  const undelayed = countUndelayed(amidFaults, result.injected, orderTtlMs) // a stall of the machine fails no run
  const wholeCalm = result.healedMs >= calm.toMs ? amidFaults.filter(({ placedAtMs }) => isCalm(placedAtMs)).length : 0
  return {
    ...finding,
    checked: { ...finding.checked, 'stalls of the machine': result.stalls.length },
    violations: [...finding.violations, ...unjudged(wholeCalm, undelayed)],
  }
}

/**
 * A run proves nothing about expiry if no order of its minute without faults can be judged.
 * @param placed the orders that were placed in such a minute
 * @param undelayed the orders that no fault can have delayed
 */
export const unjudged = (placed: number, undelayed: number): Finding['violations'] =>
  placed > 0 && undelayed === 0
    ? [
        {
          subject: 'minute without faults',
          detail: `its ${placed} orders cannot be judged, because faults overlap them`,
        },
      ]
    : []

const isExpired = ({ ending }: TrackedOrder): boolean => ending === 'expired'

/** The number of orders that no fault can have delayed. */
export const countUndelayed = (
  orders: readonly Pick<TrackedOrder, 'placedAtMs'>[],
  injected: readonly InjectedFault[],
  orderTtlMs: number,
): number =>
  orders.filter(
    ({ placedAtMs }) => !mayBeDelayed({ placedAtMs, reservedAtMs: null, dueAtMs: placedAtMs + orderTtlMs }, injected),
  ).length

/**
 * An order may only expire if a fault may have delayed it or its events.
 * @param undelayed the orders during the load with faults that no fault can have delayed. With 0 the finding proves
 * nothing about that time.
 */
export const expiryFinding = (
  expired: readonly ExpiredOrder[],
  injected: readonly InjectedFault[],
  undelayed: number,
): Finding => {
  const wrong = expired.filter((order) => !mayBeDelayed(order, injected))
  return {
    invariant: 'expiry',
    claim: 'no order expires unless a fault may have delayed it',
    checked: {
      'orders amid faults that no fault can have delayed': undelayed,
      'expired orders that could have been fulfilled': expired.length,
      'of them not judged, because a fault may have delayed them': expired.length - wrong.length,
      'with stock reserved in time': expired.filter(({ reservedAtMs }) => reservedAtMs !== null).length,
    },
    violations: wrong.map(({ orderId, kind, reservedAtMs }) => ({
      subject: orderId,
      detail: `expired without a fault${reservedAtMs === null ? '' : ', although its stock was reserved in time'} (${kind})`,
    })),
  }
}

type OpenTime = Pick<ExpiredOrder, 'placedAtMs' | 'reservedAtMs' | 'dueAtMs'>

/** Whether a fault that can delay an order was active in its time, or had just ended before it. */
const mayBeDelayed = ({ placedAtMs, reservedAtMs, dueAtMs }: OpenTime, injected: readonly InjectedFault[]): boolean => {
  const fromMs = (reservedAtMs ?? placedAtMs) - aftermathMs
  const services = reservedAtMs === null ? untilReserved : afterReserved
  return injected.some((fault) => fault.atMs < dueAtMs && fault.overAtMs > fromMs && canDelay(fault, services))
}

/** The services that an order waits for. Postgres, RabbitMQ and the machine can delay each of them. */
const untilReserved: readonly ServiceName[] = ['order', 'payment', 'inventory']
const afterReserved: readonly ServiceName[] = ['order', 'inventory'] // which still has to send its event

/** Faults that delay no order: a bad message is parked, a duplicate is ignored, and expiry uses the clocks of the databases. */
const harmless: readonly string[] = ['bad messages', 'messages duplicated', 'clock stepped']

/** The target is a service, an instance of it or its network; or else Postgres, RabbitMQ or the machine. */
const canDelay = ({ kind, target }: InjectedFault, services: readonly ServiceName[]): boolean => {
  if (harmless.includes(kind)) return false
  const service = serviceNames.find((name) => target.startsWith(name))
  return service === undefined || services.includes(service)
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
