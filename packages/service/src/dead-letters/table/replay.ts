import { insertVerbatim } from '@quadrille/outbox'
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
 * exchange, only to the queue in which it failed. An event that was never sent goes to its exchange.
 */
export const insertReplays = async (
  sql: Sql,
  deadLetterIds: readonly string[],
  { exchange, exchanges, everyMs }: Replaying,
): Promise<void> => {
  await sql.query(
    insertVerbatim(`
      select row_number() over (order by id) as place, message_id, id as new_id, type, coalesce(subject, id)::text as subject,
             case when queue = any($4::text[]) then queue else $2 end as exchange,
             case when queue = any($4::text[]) then '' else queue end as routing_key,
             message || jsonb_build_object('headers', headers) as message, ${originalExchangeSql('$2')} as original_exchange,
             body as bytes, id as letter_id,
             clock_timestamp() + (row_number() over (order by id) - 1) * $3::float * interval '1 millisecond' as due_at
      from dead_letter where id = any($1::uuid[])`),
    [deadLetterIds, exchange, everyMs, exchanges],
  )
}
