/** Where the messages of an order are in this service's database, for a person who asks why an order goes no further. */
import type { Sql } from '@quadrille/postgres'

/** A message that waits here. */
export interface WaitingMessage {
  readonly orderId: string
  readonly type: string
  readonly place: 'outbox' | 'retry' | 'dead_letter'
  /** The queue that it failed in; null in the outbox. */
  readonly queue: string | null
  /** Failures so far. */
  readonly attempts: number
  /** The last failure. */
  readonly error: string | null
  /** Since when it waits in the outbox, when it is tried again, or when it was parked. */
  readonly at: Date
  /** The id of the dead letter. */
  readonly deadLetterId: string | null
}

/** Messages of these orders that the broker has not confirmed yet, the oldest first. */
export const findInOutbox = (sql: Sql, orderIds: readonly string[]): Promise<WaitingMessage[]> =>
  sql.query<WaitingMessage>(
    `select order_id as "orderId", type, 'outbox' as place, null as queue, 0 as attempts, null as error, created_at as at, null as "deadLetterId"
     from outbox where order_id = any($1::uuid[]) order by seq`,
    [orderIds],
  )

/** Deliveries of these orders' messages that wait in the table of retries, the next first. With RabbitMQ there are none. */
export const findInRetry = (sql: Sql, orderIds: readonly string[]): Promise<WaitingMessage[]> =>
  sql.query<WaitingMessage>(
    `select message ->> 'correlationId' as "orderId", message ->> 'type' as type, 'retry' as place, queue, attempts, error,
            due_at as at, null as "deadLetterId"
     from retry where message ->> 'correlationId' = any($1::text[]) order by due_at`,
    [orderIds],
  )
