/** The inbox: the ids of handled messages. It is written in the transaction that applies their effect. */
import { type DeletionStep, deleteRows, parameterTable, type Sql, type Statement } from '@quadrille/postgres'

/** The columns of the key. It begins with the subject, so that entries of the same time are close together in the index. */
export interface InboxKey {
  readonly subject: string
  readonly id: string
}

export interface InboxEntry extends InboxKey {
  readonly hash: string
}

/** The key as text, for maps. */
export const inboxKey = ({ subject, id }: InboxKey): string => `${subject} ${id}`

/** The subject of entries that versions before the migration `0009_inbox_by_subject` have inserted. */
const unknownSubject = '00000000-0000-0000-0000-000000000000'

const keys = parameterTable({ subject: 'uuid', id: 'uuid' })

/** The content hashes of the messages that are in the inbox, by `inboxKey`. */
export const readInbox = async (sql: Sql, messages: readonly InboxKey[]): Promise<Map<string, string>> => {
  const rows = await sql.query<InboxEntry>(
    `select asked.subject, asked.id, inbox.hash
     from ${keys.sql} as asked
     join inbox on inbox.id = asked.id and inbox.subject in (asked.subject, '${unknownSubject}')`,
    keys.values(messages),
  )
  return new Map(rows.map((entry) => [inboxKey(entry), entry.hash]))
}

const entries = parameterTable({ subject: 'uuid', id: 'uuid', hash: 'text' })

/**
 * Inserts messages that this transaction handles, in the order of their keys, so that batches do not deadlock. If another
 * transaction has inserted one of them meanwhile, the statement fails with a unique violation, a conflict.
 */
export const insertInbox = (handled: readonly InboxEntry[]): Statement => ({
  text: `insert into inbox (subject, id, hash) select subject, id, hash from ${entries.sql} as entry order by subject, id`,
  values: entries.values(handled),
})

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
