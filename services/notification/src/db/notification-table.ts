/** The table `notification`: one statement per function. */
import type { Channel, Occasion } from '@quadrille/events'
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import type { EmailText, Notification, NotificationKey } from '../domain/notification.ts'

interface NotificationRow {
  readonly orderId: string
  readonly channel: Channel
  readonly occasion: Occasion
  readonly status: Notification['status']
  readonly attempts: number
  readonly code: string | null
  readonly subject: string | null
  readonly text: string | null
}

/** A notification with its position in the list. */
export interface ListedNotification extends NotificationRow {
  readonly seq: number
  readonly at: Date
}

const columns = 'order_id as "orderId", channel, occasion, status, attempts, code, subject, text'

/** Finds the notifications of the claimed orders. The lock on their addressees protects them too. */
export const findNotifications = async (sql: Sql, claimedSql: string): Promise<Notification[]> => {
  const rows = await sql.query<NotificationRow>(
    `select ${columns} from notification where order_id = any(${claimedSql})`,
  )
  return rows.map(toNotification)
}

const keyTypes = { order_id: 'uuid', channel: 'text', occasion: 'text' } as const

const given = parameterTable({
  ...keyTypes,
  status: 'text',
  attempts: 'integer',
  code: 'text',
  subject: 'text',
  text: 'text',
  position: 'integer',
})

/** @throws a unique violation if another transaction was faster. */
export const insertNotifications = (notifications: readonly Notification[]): Statement => ({
  text: `insert into notification (order_id, channel, occasion, status, attempts, code, subject, text)
    select order_id, channel, occasion, status, attempts, code, subject, text from ${given.sql} as given
    order by position`,
  values: given.values(notifications.map(toRow)),
})

/** Writes the results of notifications. Their leases stay as they were: with a result they have no meaning. */
export const updateNotifications = (notifications: readonly Notification[]): Statement => ({
  text: `update notification
    set status = given.status, attempts = given.attempts, code = given.code, subject = given.subject, text = given.text,
        at = now()
    from ${given.sql} as given
    where (notification.order_id, notification.channel, notification.occasion)
          = (given.order_id, given.channel, given.occasion)`,
  values: given.values(notifications.map(toRow)),
})

/** A notification that a statement has leased. */
export interface LeasedNotification extends NotificationKey {
  /** The end of the lease (`claimed_until`), to the microsecond. */
  readonly until: string
  /** The occasions of the order whose notifications were sent through this channel. */
  readonly sentOccasions: readonly Occasion[]
}

/** A notification without a result. */
export interface PendingNotification extends NotificationKey {
  /** Whether a lease on it is valid. */
  readonly taken: boolean
}

const requested = parameterTable(keyTypes)

const toKey = ({ orderId, channel, occasion }: NotificationKey) => ({ order_id: orderId, channel, occasion })

/**
 * Leases the notifications without a result that no other worker has leased, by the database's clock. Returns the leases. Does
 * not wait for locked rows.
 */
export const leaseNotifications = (
  sql: Sql,
  keys: readonly NotificationKey[],
  leaseMs: number,
): Promise<LeasedNotification[]> =>
  sql.query<LeasedNotification>(
    `with free as (
       select order_id, channel, occasion
       from ${requested.sql} as requested join notification using (order_id, channel, occasion)
       where status = 'pending' and (claimed_until is null or claimed_until < clock_timestamp())
       for update of notification skip locked
     )
     update notification set claimed_until = clock_timestamp() + ${requested.after(1)} * interval '1 millisecond'
     from free
     where (notification.order_id, notification.channel, notification.occasion)
           = (free.order_id, free.channel, free.occasion)
     returning notification.order_id as "orderId", notification.channel, notification.occasion,
               notification.claimed_until::text as until,
               array(select sent.occasion from notification as sent
                     where (sent.order_id, sent.channel) = (notification.order_id, notification.channel)
                       and sent.status = 'sent') as "sentOccasions"`,
    [...requested.values(keys.map(toKey)), leaseMs],
  )

/** Finds those of the notifications that have no result. */
export const findPending = (sql: Sql, keys: readonly NotificationKey[]): Promise<PendingNotification[]> =>
  sql.query<PendingNotification>(
    `select order_id as "orderId", channel, occasion, coalesce(claimed_until >= clock_timestamp(), false) as taken
     from ${requested.sql} as requested join notification using (order_id, channel, occasion)
     where status = 'pending'`,
    requested.values(keys.map(toKey)),
  )

/** Finds the notifications of these orders by these channels that have no result, the oldest first. */
export const findWaiting = (
  sql: Sql,
  orderIds: readonly string[],
  channels: readonly Channel[],
): Promise<(NotificationKey & { readonly at: Date })[]> =>
  sql.query(
    `select order_id as "orderId", channel, occasion, at from notification
     where order_id = any($1::uuid[]) and channel = any($2::text[]) and status = 'pending'
     order by seq`,
    [orderIds, channels],
  )

const released = parameterTable({ ...keyTypes, claimed_until: 'timestamptz' })

/** Releases leases. A lease that has expired and belongs to another worker stays unchanged. */
export const releaseNotifications = async (
  sql: Sql,
  leases: readonly (NotificationKey & { readonly until: string })[],
): Promise<void> => {
  await sql.query(
    `update notification set claimed_until = null
     from ${released.sql} as lease
     where (notification.order_id, notification.channel, notification.occasion, notification.claimed_until)
           = (lease.order_id, lease.channel, lease.occasion, lease.claimed_until)`,
    released.values(leases.map((lease) => ({ ...toKey(lease), claimed_until: lease.until }))),
  )
}

export interface Filter {
  /** Null for all orders. */
  readonly orderId: string | null
  /** The page has only rows with a smaller `seq`. Null for the first page. */
  readonly before: string | null
  readonly limit: number
}

/** Lists the matching notifications, the newest first. */
export const findNotificationPage = (sql: Sql, { orderId, before, limit }: Filter): Promise<ListedNotification[]> =>
  sql.query<ListedNotification>(
    `select ${columns}, seq, at from notification
     where ${orderId === null ? 'true' : 'order_id = $3'} and seq < coalesce($1::bigint, 9223372036854775807)
     order by seq desc limit $2`,
    [before, limit, ...(orderId === null ? [] : [orderId])],
  )

const toNotification = ({ status, attempts, code, subject, text, ...key }: NotificationRow): Notification => {
  switch (status) {
    case 'pending':
      return { ...key, status }
    case 'sent':
      return { ...key, status, attempts, kept: subject === null || text === null ? null : { subject, text } }
    case 'failed':
      return { ...key, status, attempts, code: code ?? 'unknown' }
  }
}

const toRow = (notification: Notification, position: number) => ({
  ...toKey(notification),
  status: notification.status,
  attempts: notification.status === 'pending' ? 0 : notification.attempts,
  code: notification.status === 'failed' ? notification.code : null,
  subject: keptOf(notification)?.subject ?? null,
  text: keptOf(notification)?.text ?? null,
  position,
})

const keptOf = (notification: Notification): EmailText | null =>
  notification.status === 'sent' ? notification.kept : null
