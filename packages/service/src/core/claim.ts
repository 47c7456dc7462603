/** Claims: which messages of a batch this transaction may work on now, found out without waiting for any other session. */
import type { Message } from '@quadrille/messages'
import type { Sql } from '@quadrille/postgres'
import type { Claims, OwnRows } from './working-set.ts'

/**
 * Claims what the messages are about until the transaction ends, and returns those that it got. The others are held by another
 * session. An advisory lock on the subject answers for other instances: their entries in the inbox and their new rows can't be
 * seen before they commit, and an insert of the same key would wait for them. Row locks answer for every other session.
 */
export const claim = async (
  sql: Sql,
  messages: readonly Message[],
  { ownRows, claimsOf = noMore }: Claims,
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

const noMore = (): readonly string[] => []

/** Takes one advisory lock for each subject, and locks all rows of the subject, or the subject doesn't count as free. */
const claimSubjects = async (
  sql: Sql,
  subjects: readonly string[],
  ownRows: readonly OwnRows[],
): Promise<ReadonlySet<string>> => {
  const rows = await sql.query<{ subject: string }>(
    `select subject from unnest($1::uuid[]) as asked (subject)
     where pg_try_advisory_xact_lock(hashtextextended(subject::text, 0))${ownRows.map(areFree).join('')}`,
    [subjects],
  )
  return new Set(rows.map(({ subject }) => subject))
}

/** Rows that another session has locked are skipped, and so are too few. */
const areFree = ({ table, subject }: OwnRows): string => {
  if (![table, subject].every((name) => /^[a-z_]+$/.test(name)))
    throw new Error(`${table} (${subject}) doesn't name a table and a column.`)
  const rows = `from ${table} where ${table}.${subject} = asked.subject`
  return `
       and (select count(*) from (select ${rows} for update skip locked) as free) = (select count(*) ${rows})`
}

/** With another seed, as a key is any text, and may be one that looks like a subject's id. */
const claimKeys = async (sql: Sql, keys: readonly string[]): Promise<ReadonlySet<string>> => {
  const rows = await sql.query<{ key: string }>(
    `select key from unnest($1::text[]) as asked (key) where pg_try_advisory_xact_lock(hashtextextended(key, 1))`,
    [keys],
  )
  return new Set(rows.map(({ key }) => key))
}
