/** Claims: locks that decide which messages of a batch a transaction may handle now. It does not wait for other sessions. */
import type { Message } from '@quadrille/messages'
import type { Sql } from '@quadrille/postgres'

/** A table with at most one row for each subject. */
export interface OwnRow {
  readonly table: string
  /** The column with the subject's id, which has a unique index. */
  readonly column: string
}

/**
 * The locks that a transaction takes for a message before it handles it. If another session holds one of them, the message
 * waits.
 */
export interface Claims<M extends Message = Message> {
  /**
   * The rows of the subject that the message is about. If the service has further rows for the subject, its transactions lock them
   * only while they hold one of these.
   */
  readonly ownRows: readonly OwnRow[]
  /** Further keys that only one transaction may use at a time, because one of them inserts a row for the key. Default none. */
  claimsOf?(message: M): readonly string[]
}

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

/**
 * Takes an advisory lock for each subject, and then locks the rows of those. A subject is free only if both succeed. Only the row
 * locks give the transaction its number (xid), so it has a higher one than every earlier transaction about the same subjects: a
 * reader may sort what they have written by it.
 */
const claimSubjects = async (
  sql: Sql,
  subjects: readonly string[],
  ownRows: readonly OwnRow[],
): Promise<ReadonlySet<string>> => {
  const [row] = await sql.query<{ claimed: string[] }>(
    `select claimed, set_config('${setting}', claimed::text, true) is not null as is_stored
     from (
       select coalesce(array_agg(subject), '{}') as claimed from unnest((
         select array_agg(subject) from unnest($1::uuid[]) as wanted (subject)
         where pg_try_advisory_xact_lock(hashtextextended(subject::text, 0))
       )) as asked (subject)
       where true${ownRows.map(isFree).join('')}
     ) as locked`,
    [subjects],
  )
  return new Set(row?.claimed)
}

/**
 * `skip locked` omits a row that another session has locked. The subject is then not free, because its row exists. Scalar
 * subqueries are executed for each subject, by the index; the planner could replace `exists` by a scan of the whole table.
 */
const isFree = (ownRow: OwnRow): string => {
  checkNames(ownRow)
  const { table, column } = ownRow
  const row = `select true from ${table} where ${table}.${column} = asked.subject`
  return `
       and ((${row} for update skip locked) or (${row}) is null)`
}

/** @throws if a name would need quotes in SQL. */
export const checkNames = ({ table, column }: OwnRow): void => {
  if (![table, column].every((name) => /^[a-z_][a-z0-9_]*$/.test(name)))
    throw new Error(
      `${table} (${column}) must name a table and a column by lower-case letters, digits and underscores.`,
    )
}

/** True if a batch of another session is handling a message that claims this key. Locks it for no longer than the statement. */
export const isKeyClaimed = async (sql: Sql, key: string): Promise<boolean> => {
  const [row] = await sql.query<{ is_free: boolean }>(
    'select pg_try_advisory_xact_lock_shared(hashtextextended($1, 1)) as is_free',
    [key],
  )
  return row?.is_free !== true
}

/** The seed differs from that of the subjects, because a key may be the same text as a subject’s id. */
const claimKeys = async (sql: Sql, keys: readonly string[]): Promise<ReadonlySet<string>> => {
  const rows = await sql.query<{ key: string }>(
    `select key from unnest($1::text[]) as asked (key) where pg_try_advisory_xact_lock(hashtextextended(key, 1))`,
    [keys],
  )
  return new Set(rows.map(({ key }) => key))
}
