/** The inbox: the ids of handled messages. It is written in the transaction that applies their effect. */
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'

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
