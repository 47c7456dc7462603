/** The inbox: the ids of handled messages. It is written in the transaction that applies their effect. */
import type { Sql, Statement } from '@quadrille/postgres'

export interface InboxEntry {
  readonly id: string
  readonly hash: string
}

/**
 * Inserts the messages and returns the ids of the new ones. The others were inserted before, or by a transaction that
 * this one has waited for. Inserts in the order of ids, so that batches do not deadlock.
 */
export const insertInbox = async (sql: Sql, entries: readonly InboxEntry[]): Promise<Set<string>> => {
  const rows = await sql.query<{ id: string }>(
    `insert into inbox (id, hash)
     select id, hash from unnest($1::uuid[], $2::text[]) as entry (id, hash) order by id
     on conflict do nothing
     returning id`,
    [entries.map(({ id }) => id), entries.map(({ hash }) => hash)],
  )
  return new Set(rows.map(({ id }) => id))
}

/** The content hashes of messages in the inbox, by id. */
export const readInbox = async (sql: Sql, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await sql.query<InboxEntry>('select id, hash from inbox where id = any($1::uuid[])', [ids])
  return new Map(rows.map(({ id, hash }) => [id, hash]))
}

/** Deletes entries that this transaction inserted, because their messages had no effect and will be delivered again. */
export const deleteFromInbox = (ids: readonly string[]): Statement => ({
  text: 'delete from inbox where id = any($1::uuid[])',
  values: [ids],
})
