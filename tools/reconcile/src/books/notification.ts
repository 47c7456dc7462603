import type { Selection } from '@quadrille/audit'
import { type DataOf, type Draft, draft, type Occasion } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import { type EventKey, type History, isOfNotification } from '../history.ts'
import type { Compare, Comparison } from './books.ts'

/** Whom to tell about an order, and what was heard of it. */
export interface Addressee {
  readonly orderId: string
  readonly recipient: Pick<DataOf<'Notify'>, 'customer' | 'currency' | 'total'> | null
  readonly occasions: readonly Occasion[]
}

/** One message to the customer, and what became of it. */
export interface Notification {
  readonly orderId: string
  readonly channel: DataOf<'NotificationSent'>['channel']
  readonly occasion: Occasion
  readonly status: string
  readonly code: string | null
  /** It is pending for longer than all attempts to send it take. */
  readonly overdue: boolean
}

export interface Correspondence {
  readonly addressee?: Addressee | undefined
  readonly notifications?: readonly Notification[] | undefined
}

/**
 * What is pending for longer has no attempt before it. By default all attempts take 33 minutes, and what the mail server takes
 * for them. Where it is away for longer, or NOTIFY_ATTEMPTS is higher, one is asked for twice; the second finds it told.
 */
const allAttemptsTake = "interval '1 hour'"

/** How many notifications of these orders are pending, and may have attempts before them. */
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
    said: notifications.flatMap(saidBy),
    tasks: missed.length === 0 && addressee ? overdue(addressee, notifications) : [],
  }
}

/**
 * First what customers were told, so that nobody is told again. Then the order itself, if its customer was told of it; if not
 * it comes last, and thanks nobody for an order that has ended.
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
