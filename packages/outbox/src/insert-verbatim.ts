const asUuid = (column: string): string =>
  `case when ${column} ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then ${column}::uuid end`

/**
 * The statement that stores messages that are sent unchanged, and not before they are due: replays, and retries that move to another
 * broker. Until then they have a lease that no relay owns, and do not add to the age of the outbox.
 * @param rows a query with the columns `place` (their order), `message_id`, `new_id` (the id of the row if that of its message is
 * not a UUID), `type`, `subject` (text), `exchange` and `routing_key` (where to), `message` (its properties and headers),
 * `original_exchange`, `bytes` (its body), `letter_id` (of a replay) and `due_at`.
 */
export const insertVerbatim = (rows: string): string =>
  `insert into outbox (id, type, subject, exchange, routing_key, body, message, bytes, letter_id, created_at, leased_until)
   select coalesce(${asUuid('message_id')}, new_id), type, coalesce(${asUuid('subject')}, ${asUuid('message_id')}, new_id),
          exchange, routing_key, '', message || jsonb_build_object('exchange', original_exchange), bytes, letter_id, due_at, due_at
   from (${rows}) as verbatim order by place`
