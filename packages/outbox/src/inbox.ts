/** The inbox: which messages have had their effect. It is written in the transaction that has the effect. */
import type { Sql } from '@quadrille/postgres'

export interface InboxEntry {
  readonly id: string
  readonly hash: string
}

/**
 * Enters the messages and returns the ids of those that are new; the others have been entered before, or are being entered
 * by a transaction that this one has waited for. In id order, so that two batches never wait for each other in a circle.
 */
export const enterInbox = async (sql: Sql, entries: readonly InboxEntry[]): Promise<Set<string>> => {
  const rows = await sql.query<{ id: string }>(
    `insert into inbox (id, hash)
     select id, hash from unnest($1::uuid[], $2::text[]) as entry (id, hash) order by id
     on conflict do nothing
     returning id`,
    [entries.map(({ id }) => id), entries.map(({ hash }) => hash)],
  )
  return new Set(rows.map(({ id }) => id))
}

/** The hashes under which messages were entered, by id. */
export const readInbox = async (sql: Sql, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await sql.query<InboxEntry>('select id, hash from inbox where id = any($1::uuid[])', [ids])
  return new Map(rows.map(({ id, hash }) => [id, hash]))
}

/** Takes back entries of this transaction: those messages had no effect after all, and will come again. */
export const leaveInbox = async (sql: Sql, ids: readonly string[]): Promise<void> => {
  await sql.query('delete from inbox where id = any($1::uuid[])', [ids])
}
