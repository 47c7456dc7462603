import { type DeletionStep, deleteRows, type Sql } from '@quadrille/postgres'

/**
 * Deletes ids of handled messages, except for messages that wait in this database as a retry, a replay or a dead
 * letter. Messages in RabbitMQ are not visible here, so the age must be well above all retry delays together.
 *
 * Each step reads the waiting messages once, and looks each up in a hash table of old ids. A hash table of the waiting
 * messages would not fit into `work_mem` during an outage, and Postgres would compare each old id with each of them.
 * The limit of `old` is a literal, because Postgres estimates a parameter as a tenth of the table; `is true` prevents a
 * join. A step has twice as many old ids as it deletes, so that it ends early only if more than half of them wait.
 * Returns the number of deleted ids.
 */
export const purgeInbox = (sql: Sql, step: DeletionStep): Promise<number> =>
  deleteRows(
    sql,
    `delete from inbox where (subject, id) in (
       with old as materialized (
         select subject, id from inbox
         where received_at < statement_timestamp() - $1 * interval '1 millisecond'
           and not exists (select from dead_letter where status = 'parked' and message_id = inbox.id::text)
         order by received_at limit ${2 * step.limit}
       ), waiting as materialized (
         select id from outbox where (id in (select id from old)) is true
         union all
         select (message ->> 'id')::uuid from retry where (message ->> 'id' in (select id::text from old)) is true
       )
       select subject, id from old where id not in (select id from waiting)
       limit $2
     )`,
    step,
  )
