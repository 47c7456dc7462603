import type { Selection } from '@quadrille/audit'
import { type DataOf, type Draft, draft, isOrderOccasion, type Occasion, occasionOfParcel } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import { type EventKey, type History, isOfNotification, isOfParcel, timeOfParcel } from '../history.ts'
import type { Compare, Comparison } from './comparison.ts'

/** A row of the table `addressee`. `occasions` are those whose events were handled. */
export interface AddresseeRow {
  readonly orderId: string
  readonly recipient: Pick<DataOf<'Notify'>, 'customer' | 'currency' | 'total'> | null
  readonly occasions: readonly Occasion[]
  /** The parcels among the occasions. Null without parcels. */
  readonly parcels: readonly Parcel[] | null
}

type Parcel = Extract<DataOf<'Notify'>, { readonly parcel: unknown }>['parcel'] & { readonly occasion: Occasion }

/** A row of the table `notification`. */
export interface NotificationRow {
  readonly orderId: string
  readonly channel: DataOf<'NotificationSent'>['channel']
  readonly occasion: Occasion
  readonly status: string
  readonly code: string | null
  /** It has been pending for longer than all attempts take. */
  readonly overdue: boolean
}

export interface NotificationRecords {
  readonly addressee?: AddresseeRow | undefined
  readonly notifications?: readonly NotificationRow[] | undefined
}

/**
 * A notification that has been pending for longer has no attempts left. By default all attempts take 33 minutes, plus
 * the response times of the mail server. In a longer outage, with a backlog of EMAIL_RATE, or with a higher NOTIFY_ATTEMPTS, each
 * run may request a notification once more. The later tasks then find the result of the first, but each takes a permit of EMAIL_RATE.
 */
const longestPending = "interval '1 hour'"

/** The number of pending notifications of these orders that may have attempts left. */
export const countSending = async (sql: Sql, { where, values }: Selection): Promise<number> => {
  const [row] = await sql.query<{ count: number }>(
    `select count(*)::integer as count from notification
     where ${where('order_id')} and status = 'pending' and at >= now() - ${longestPending}`,
    values,
  )
  return row?.count ?? 0
}

export const readNotifications = async (sql: Sql, { where, values }: Selection): Promise<Compare> => {
  const [addressees, notifications] = await Promise.all([
    sql.query<AddresseeRow>(
      `select order_id as "orderId", to_jsonb(occasions) as occasions, parcels,
              case when customer_id is not null then jsonb_build_object(
                'customer', jsonb_build_object('id', customer_id, 'email', email), 'currency', currency, 'total', total
              ) end as recipient
       from addressee where ${where('order_id')}`,
      values,
    ),
    sql.query<NotificationRow>(
      `select order_id as "orderId", channel, occasion, status, code,
              status = 'pending' and at < now() - ${longestPending} as overdue
       from notification where ${where('order_id')}`,
      values,
    ),
  ])
  const addresseeOf = new Map(addressees.map((row) => [row.orderId, row]))
  const notificationsOf = Map.groupBy(notifications, ({ orderId }) => orderId)
  return (orderId, history) =>
    compareNotifications(history, {
      addressee: addresseeOf.get(orderId),
      notifications: notificationsOf.get(orderId),
    })
}

const laterOccasions: readonly (readonly [EventKey, Occasion])[] = [
  ['OrderFulfilled', 'order_fulfilled'],
  ['OrderCancelled', 'order_cancelled'],
  ['PaymentRefundFailed', 'refund_failed'], // before the refund, after which it causes no notification
  ['PaymentRefunded', 'payment_refunded'],
]

export const compareNotifications = (
  history: History,
  { addressee, notifications = [] }: NotificationRecords,
): Comparison => {
  const missed = missedBy(history, { addressee, notifications })
  return {
    missed,
    published: notifications.flatMap(publishedBy).filter((result) => !resultsIn(history).has(noticeOf(result))),
    tasks: missed.length === 0 && addressee ? overdueTasks(addressee, notifications) : [],
  }
}

/**
 * The results of notifications come first, so that none is sent again. OrderPlaced follows if the customer was notified
 * of it. Otherwise it comes last, so that the receipt of an order that has ended is not confirmed.
 */
const missedBy = (history: History, { addressee, notifications = [] }: NotificationRecords): readonly EventKey[] => {
  const known = new Set(notifications.flatMap(publishedBy).map(noticeOf))
  const results = resultsIn(history)
  const lostResults = [...results].filter(([notice]) => !known.has(notice)).map(([, key]) => key)
  if (lostResults.length > 0) return lostResults
  const handled = addressee?.occasions ?? []
  const placed: readonly EventKey[] =
    history.has('OrderPlaced') && !handled.includes('order_placed') ? ['OrderPlaced'] : []
  if (placed.length > 0 && [...results.keys()].some((notice) => notice.endsWith(':order_placed'))) return placed
  const missed = occasionsIn(history).flatMap(([key, occasion]) => (handled.includes(occasion) ? [] : [key]))
  return missed.length > 0 ? missed : placed
}

/**
 * The results in a history, by channel and occasion. A restored notification may have sent again what had failed, or the reverse: the
 * first result counts, and the second one is neither lost nor to be published.
 */
const resultsIn = (history: History): ReadonlyMap<string, EventKey> =>
  new Map([...history].filter(isOfNotification).map((key) => [key.slice(key.indexOf(' ') + 1), key]))

/** Such as "email:order_placed". */
const noticeOf = ({ data: { channel, occasion } }: Draft<'NotificationSent' | 'NotificationFailed'>): string =>
  `${channel}:${occasion}`

/** The occasions of a history except OrderPlaced, with their events. */
const occasionsIn = (history: History): readonly (readonly [EventKey, Occasion])[] => [
  ...laterOccasions.filter(([key]) => history.has(key)),
  ...[...history].filter(isOfParcel).map((key) => [key, occasionOfParcel({ at: timeOfParcel(key) })] as const),
]

const publishedBy = (notification: NotificationRow): readonly Draft<'NotificationSent' | 'NotificationFailed'>[] => {
  const { orderId, channel, occasion, status, code } = notification
  if (status === 'sent') return [draft('NotificationSent', { orderId, channel, occasion })]
  return status === 'failed' && code ? [draft('NotificationFailed', { orderId, channel, occasion, code })] : []
}

const overdueTasks = (
  { orderId, recipient, parcels }: AddresseeRow,
  notifications: readonly NotificationRow[],
): readonly Draft[] => {
  if (!recipient) return []
  const noticesOf = (occasion: Occasion): DataOf<'Notify'>[] =>
    isOrderOccasion(occasion)
      ? [{ orderId, occasion, ...recipient }]
      : (parcels ?? [])
          .filter((parcel) => parcel.occasion === occasion)
          .map(({ occasion: _, ...parcel }) => ({ orderId, occasion, ...recipient, parcel }))
  return notifications
    .filter(({ overdue }) => overdue)
    .flatMap(({ occasion }) => noticesOf(occasion))
    .map((notice) => draft('Notify', notice))
}
