import type { Sql } from '@quadrille/postgres'
import { originalExchangeSql } from './original-exchange.ts'

export interface Replaying {
  /** The direct exchange, which routes to each queue by its name. */
  readonly exchange: string
  /** Exchanges to which the service publishes. The dead letter of an unsendable message has such an exchange as its queue. */
  readonly exchanges: readonly string[]
  /** The interval between two messages, ms. A recovering dependency need not handle all of them at once. */
  readonly everyMs: number
}

/**
 * Inserts the messages of dead letters into the outbox, the oldest first. Each is sent byte for byte, with its original
 * exchange, only to the queue in which it failed. An event that was never sent goes to its exchange. Until a message is due it
 * has a lease that no relay owns, and it does not add to the age of the outbox.
 */
export const insertReplays = async (
  sql: Sql,
  deadLetterIds: readonly string[],
  { exchange, exchanges, everyMs }: Replaying,
): Promise<void> => {
  await sql.query(
    `insert into outbox (id, type, subject, exchange, routing_key, body, message, bytes, letter_id,
                         created_at, leased_until)
     select case when message_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then message_id::uuid else id end,
            type, coalesce(subject, id), case when queue = any($4::text[]) then queue else $2 end,
            case when queue = any($4::text[]) then '' else queue end, '',
            message || jsonb_build_object('headers', headers, 'exchange', ${originalExchangeSql('$2')}),
            body, id, due_at, due_at
     from (
       select id, message_id, type, subject, queue, message, headers, exchange, reason, body,
              clock_timestamp() + (row_number() over (order by id) - 1) * $3::float * interval '1 millisecond' as due_at
       from dead_letter where id = any($1::uuid[])
     ) as letter
     order by letter.id`,
    [deadLetterIds, exchange, everyMs, exchanges],
  )
}
