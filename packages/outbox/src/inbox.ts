/** The inbox: the ids of handled messages. It is written in the transaction that applies their effect. */
import type { Sql, Statement } from '@quadrille/postgres'

export interface InboxEntry {
  readonly id: string
  readonly hash: string
}

/** The content hashes of messages in the inbox, by id. */
export const readInbox = async (sql: Sql, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await sql.query<InboxEntry>('select id, hash from inbox where id = any($1::uuid[])', [ids])
  return new Map(rows.map(({ id, hash }) => [id, hash]))
}

/**
 * Inserts messages that this transaction handles, in the order of their ids, so that batches do not deadlock. If another
 * transaction has inserted one of them meanwhile, the statement fails with a unique violation, a conflict.
 */
export const insertInbox = (entries: readonly InboxEntry[]): Statement => ({
  text: `insert into inbox (id, hash)
    select id, hash from unnest($1::uuid[], $2::text[]) as entry (id, hash) order by id`,
  values: [entries.map(({ id }) => id), entries.map(({ hash }) => hash)],
})
