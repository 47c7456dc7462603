/**
 * Claims: locks that decide which messages of a batch a transaction may handle now. They are taken without waiting for other
 * sessions.
 */
import type { Message } from '@quadrille/messages'
import type { Sql } from '@quadrille/postgres'
import type { Claims, OwnRows } from './working-set.ts'

const setting = 'quadrille.claimed'

/**
 * SQL for the subjects that the transaction has claimed, a `uuid[]`, empty outside of a transaction. The server passes them from
 * the claim to the load in a setting of the transaction, so both are sent in one round trip. As a subquery it is read once, not
 * for each row.
 */
export const claimedSubjects = `(select nullif(current_setting('${setting}', true), '')::uuid[])::uuid[]`

/**
 * Locks the subjects of the messages until the transaction ends, and returns the messages whose locks it got. Other sessions
 * hold the locks of the rest. An advisory lock on the subject excludes other instances: their inbox entries and new rows are
 * invisible before they commit, and an insert of the same key would wait for them. Row locks exclude all other sessions.
 */
export const claim = async (
  sql: Sql,
  messages: readonly Message[],
  { ownRows, claimsOf = noKeys }: Claims,
): Promise<ReadonlySet<Message>> => {
  const subjects = [...new Set(messages.map(({ subject }) => subject))]
  const keys = [...new Set(messages.flatMap(claimsOf))]
  const [freeSubjects, freeKeys] = await Promise.all([
    claimSubjects(sql, subjects, ownRows),
    keys.length > 0 ? claimKeys(sql, keys) : new Set<string>(),
  ])
  return new Set(
    messages.filter(
      (message) => freeSubjects.has(message.subject) && claimsOf(message).every((key) => freeKeys.has(key)),
    ),
  )
}

const noKeys = (): readonly string[] => []

/** Takes an advisory lock for each subject and locks all of its rows. A subject is free only if both succeed. */
const claimSubjects = async (
  sql: Sql,
  subjects: readonly string[],
  ownRows: readonly OwnRows[],
): Promise<ReadonlySet<string>> => {
  const [row] = await sql.query<{ claimed: string[] }>(
    `select claimed, set_config('${setting}', claimed::text, true)
     from (
       select coalesce(array_agg(subject), '{}') as claimed from unnest($1::uuid[]) as asked (subject)
       where pg_try_advisory_xact_lock(hashtextextended(subject::text, 0))${ownRows.map(areFree).join('')}
     ) as locked`,
    [subjects],
  )
  return new Set(row?.claimed)
}

/** `skip locked` omits rows that another session has locked. The subject is then not free, because the counts differ. */
const areFree = ({ table, subject }: OwnRows): string => {
  if (![table, subject].every((name) => /^[a-z_]+$/.test(name)))
    throw new Error(`${table} (${subject}) doesn't name a table and a column.`)
  const rows = `from ${table} where ${table}.${subject} = asked.subject`
  return `
       and (select count(*) from (select ${rows} for update skip locked) as free) = (select count(*) ${rows})`
}

/** The seed differs from that of the subjects, because a key may be the same text as a subject’s id. */
const claimKeys = async (sql: Sql, keys: readonly string[]): Promise<ReadonlySet<string>> => {
  const rows = await sql.query<{ key: string }>(
    `select key from unnest($1::text[]) as asked (key) where pg_try_advisory_xact_lock(hashtextextended(key, 1))`,
    [keys],
  )
  return new Set(rows.map(({ key }) => key))
}
