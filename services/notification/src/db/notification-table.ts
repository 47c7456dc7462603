/** The table `notification`: one statement per function. */
import type { Channel, Occasion } from '@quadrille/events'
import type { Sql, Statement } from '@quadrille/postgres'
import type { Notification, NotificationKey } from '../domain/notification.ts'

interface StoredNotification {
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
export interface ListedNotification extends StoredNotification {
  readonly seq: number
  readonly at: Date
}

const columns = 'order_id as "orderId", channel, occasion, status, attempts, code, subject, text'

/** Finds the notifications of the claimed orders. The lock on their addressees protects them too. */
export const findNotifications = async (sql: Sql, claimed: string): Promise<Notification[]> => {
  const rows = await sql.query<StoredNotification>(
    `select ${columns} from notification where order_id = any(${claimed}) order by seq`,
  )
  return rows.map(toNotification)
}

/** @throws a unique violation if another transaction was faster. */
export const insertNotifications = (notifications: readonly Notification[]): Statement => ({
  text: `insert into notification (order_id, channel, occasion, status, attempts, code, subject, text)
    select order_id, channel, occasion, status, attempts, code, subject, text from jsonb_to_recordset($1)
      as fresh (order_id uuid, channel text, occasion text, status text, attempts integer, code text, subject text,
                text text, position integer)
    order by position`,
  values: [toJson(notifications)],
})

/** Writes the results of notifications. */
export const updateNotifications = (notifications: readonly Notification[]): Statement => ({
  text: `update notification
    set status = result.status, attempts = result.attempts, code = result.code, subject = result.subject,
        text = result.text, at = now()
    from jsonb_to_recordset($1)
      as result (order_id uuid, channel text, occasion text, status text, attempts integer, code text, subject text,
                 text text)
    where (notification.order_id, notification.channel, notification.occasion)
          = (result.order_id, result.channel, result.occasion)`,
  values: [toJson(notifications)],
})

/** A notification without a result, and the claim on it, if the statement made one. */
export interface PendingNotification extends NotificationKey {
  /** The end of the claim, to the microsecond. Null if the statement did not claim it. */
  readonly until: string | null
  /** Whether it could not be claimed because another session has locked its row. */
  readonly locked: boolean
}

const requested = 'unnest($1::uuid[], $2::text[], $3::text[]) as requested (order_id, channel, occasion)'

const keyColumns = (keys: readonly NotificationKey[]) => [
  keys.map(({ orderId }) => orderId),
  keys.map(({ channel }) => channel),
  keys.map(({ occasion }) => occasion),
]

/**
 * Claims the notifications without a result that no other worker has claimed, by the database's clock. Returns every
 * notification without a result. Does not wait for locked rows.
 */
export const claimNotifications = (
  sql: Sql,
  keys: readonly NotificationKey[],
  claimMs: number,
): Promise<PendingNotification[]> =>
  sql.query<PendingNotification>(
    `with free as (
       select notification.order_id, notification.channel, notification.occasion
       from notification join (select distinct order_id, channel, occasion from ${requested}) as requested
            using (order_id, channel, occasion)
       where status = 'pending' and (claimed_until is null or claimed_until < clock_timestamp())
       for update of notification skip locked
     ), claimed as (
       update notification set claimed_until = clock_timestamp() + $4 * interval '1 millisecond'
       from free
       where (notification.order_id, notification.channel, notification.occasion)
             = (free.order_id, free.channel, free.occasion)
       returning notification.order_id, notification.channel, notification.occasion, notification.claimed_until
     )
     select order_id as "orderId", channel, occasion, claimed.claimed_until::text as until,
            claimed.claimed_until is null
              and (notification.claimed_until is null or notification.claimed_until < clock_timestamp()) as locked
     from notification join (select distinct order_id, channel, occasion from ${requested}) as requested
          using (order_id, channel, occasion)
          left join claimed using (order_id, channel, occasion)
     where status = 'pending'`,
    [...keyColumns(keys), claimMs],
  )

/** Releases claims. A claim that has expired and belongs to another worker stays unchanged. */
export const releaseNotifications = async (
  sql: Sql,
  claims: readonly (NotificationKey & { readonly until: string })[],
): Promise<void> => {
  await sql.query(
    `update notification set claimed_until = null
     from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[])
          as claim (order_id, channel, occasion, claimed_until)
     where (notification.order_id, notification.channel, notification.occasion, notification.claimed_until)
           = (claim.order_id, claim.channel, claim.occasion, claim.claimed_until)`,
    [...keyColumns(claims), claims.map(({ until }) => until)],
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
export const listNotifications = (sql: Sql, { orderId, before, limit }: Filter): Promise<ListedNotification[]> =>
  sql.query<ListedNotification>(
    `select ${columns}, seq, at from notification
     where ${orderId === null ? 'true' : 'order_id = $3'} and seq < coalesce($1::bigint, 9223372036854775807)
     order by seq desc limit $2`,
    [before, limit, ...(orderId === null ? [] : [orderId])],
  )

const toNotification = ({ status, attempts, code, subject, text, ...key }: StoredNotification): Notification => {
  switch (status) {
    case 'pending':
      return { ...key, status }
    case 'sent':
      return { ...key, status, attempts, kept: subject === null || text === null ? null : { subject, text } }
    case 'failed':
      return { ...key, status, attempts, code: code ?? 'unknown' }
  }
}

const toJson = (notifications: readonly Notification[]): string =>
  JSON.stringify(
    notifications.map((notification, position) => ({
      position,
      order_id: notification.orderId,
      channel: notification.channel,
      occasion: notification.occasion,
      status: notification.status,
      attempts: notification.status === 'pending' ? 0 : notification.attempts,
      ...(notification.status === 'failed' && { code: notification.code }),
      ...(notification.status === 'sent' && notification.kept),
    })),
  )
