import type { Sql } from '@quadrille/postgres'

export interface Replaying {
  /** The exchange that routes to each queue by its name. */
  readonly exchange: string
  /** Exchanges to which the service publishes: what could not be sent to one of them names it as its queue, and goes to it. */
  readonly exchanges: readonly string[]
  /** One message each so many ms: what was broken a moment ago need not bear all of them at once. */
  readonly everyMs: number
  /**
   * Reasons that are given only after a message was held against its exchange. Dead letters of earlier versions don't say by which
   * exchange they came; those with one of these reasons go out as the service's own, the others as of an unknown exchange.
   */
  readonly checkedReasons: readonly string[]
}

/**
 * Puts the messages of dead letters into the outbox, the oldest first: as they came, byte for byte and with their original
 * exchange, each for the queue in which it failed and no other; what was never sent, for its exchange. What comes later waits there under a lease that no relay holds.
 * It counts as made when its turn comes, so until then it adds nothing to the age of the outbox.
 */
export const insertReplays = async (
  sql: Sql,
  deadLetterIds: readonly string[],
  { exchange, exchanges, everyMs, checkedReasons }: Replaying,
): Promise<void> => {
  await sql.query(
    `insert into outbox (id, type, subject, exchange, routing_key, body, message, bytes, letter_id,
                         created_at, leased_until)
     select case when message_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then message_id::uuid else id end,
            type, coalesce(subject, id), case when queue = any($5::text[]) then queue else $2 end,
            case when queue = any($5::text[]) then '' else queue end, '',
            message || jsonb_build_object('headers', headers, 'exchange',
              case when exchange = '' and reason = any($4::text[]) then $2 else exchange end),
            body, id, due_at, due_at
     from (
       select id, message_id, type, subject, queue, message, headers, exchange, reason, body,
              clock_timestamp() + (row_number() over (order by id) - 1) * $3::float * interval '1 millisecond' as due_at
       from dead_letter where id = any($1::uuid[])
     ) as letter
     order by letter.id`,
    [deadLetterIds, exchange, everyMs, checkedReasons, exchanges],
  )
}
