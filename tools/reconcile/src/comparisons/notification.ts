import type { Selection } from '@quadrille/audit'
import { type DataOf, type Draft, draft, type Occasion } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import { type EventKey, type History, isOfNotification } from '../history.ts'
import type { Compare, Comparison } from './comparison.ts'

/** The addressee of an order, and its occasions. */
export interface Addressee {
  readonly orderId: string
  readonly recipient: Pick<DataOf<'Notify'>, 'customer' | 'currency' | 'total'> | null
  readonly occasions: readonly Occasion[]
}

/** One notification, and its result. */
export interface Notification {
  readonly orderId: string
  readonly channel: DataOf<'NotificationSent'>['channel']
  readonly occasion: Occasion
  readonly status: string
  readonly code: string | null
  /** It has been pending for longer than all attempts take. */
  readonly overdue: boolean
}

export interface Correspondence {
  readonly addressee?: Addressee | undefined
  readonly notifications?: readonly Notification[] | undefined
}

/**
 * A notification that is pending for longer has no attempt left. By default all attempts take 33 minutes, plus the time
 * of the mail server. After a longer outage, or with a higher NOTIFY_ATTEMPTS, a notification may be requested twice.
 * The second request finds the result.
 */
const allAttemptsTake = "interval '1 hour'"

/** The number of pending notifications of these orders that may have attempts left. */
export const countSending = async (sql: Sql, { where, values }: Selection): Promise<number> => {
  const [row] = await sql.query<{ count: number }>(
    `select count(*)::integer as count from notification
     where ${where('order_id')} and status = 'pending' and at >= now() - ${allAttemptsTake}`,
    values,
  )
  return row?.count ?? 0
}

export const readCorrespondence = async (sql: Sql, { where, values }: Selection): Promise<Compare> => {
  const [addressees, notifications] = await Promise.all([
    sql.query<Addressee>(
      `select order_id as "orderId", to_jsonb(occasions) as occasions,
              case when customer_id is not null then jsonb_build_object(
                'customer', jsonb_build_object('id', customer_id, 'email', email), 'currency', currency, 'total', total
              ) end as recipient
       from addressee where ${where('order_id')}`,
      values,
    ),
    sql.query<Notification>(
      `select order_id as "orderId", channel, occasion, status, code,
              status = 'pending' and at < now() - ${allAttemptsTake} as overdue
       from notification where ${where('order_id')}`,
      values,
    ),
  ])
  const addresseeOf = new Map(addressees.map((row) => [row.orderId, row]))
  const notificationsOf = Map.groupBy(notifications, ({ orderId }) => orderId)
  return (orderId, history) =>
    compareCorrespondence(history, {
      addressee: addresseeOf.get(orderId),
      notifications: notificationsOf.get(orderId),
    })
}

const ends: readonly (readonly [EventKey, Occasion])[] = [
  ['OrderFulfilled', 'order_fulfilled'],
  ['OrderCancelled', 'order_cancelled'],
  ['PaymentRefunded', 'payment_refunded'],
  ['PaymentRefundFailed', 'refund_failed'],
]

export const compareCorrespondence = (
  history: History,
  { addressee, notifications = [] }: Correspondence,
): Comparison => {
  const missed = missedBy(history, { addressee, notifications })
  return {
    missed,
    published: notifications.flatMap(saidBy),
    tasks: missed.length === 0 && addressee ? overdue(addressee, notifications) : [],
  }
}

/**
 * First the results of notifications, so that none is sent again. Then the order itself, if its customer was notified
 * of it. Otherwise it comes last, so that no receipt is confirmed for an order that has ended.
 */
const missedBy = (history: History, { addressee, notifications = [] }: Correspondence): readonly EventKey[] => {
  const known = new Set(
    notifications.flatMap(saidBy).map(({ type, data }) => `${type} ${data.channel}:${data.occasion}`),
  )
  const told = [...history].filter(isOfNotification)
  const forgotten = told.filter((key) => !known.has(key))
  if (forgotten.length > 0) return forgotten
  const heard = addressee?.occasions ?? []
  const placed: readonly EventKey[] =
    history.has('OrderPlaced') && !heard.includes('order_placed') ? ['OrderPlaced'] : []
  if (placed.length > 0 && told.some((key) => key.endsWith(':order_placed'))) return placed
  const missed = ends.flatMap(([key, occasion]) => (history.has(key) && !heard.includes(occasion) ? [key] : []))
  return missed.length > 0 ? missed : placed
}

const saidBy = (notification: Notification): readonly Draft<'NotificationSent' | 'NotificationFailed'>[] => {
  const { orderId, channel, occasion, status, code } = notification
  if (status === 'sent') return [draft('NotificationSent', { orderId, channel, occasion })]
  return status === 'failed' && code ? [draft('NotificationFailed', { orderId, channel, occasion, code })] : []
}

const overdue = ({ orderId, recipient }: Addressee, notifications: readonly Notification[]): readonly Draft[] =>
  recipient
    ? notifications
        .filter((notification) => notification.overdue)
        .map(({ occasion }) => draft('Notify', { orderId, occasion, ...recipient }))
    : []
