/** The settings of a connection that this package relies on. They are sent when it is opened. */
import { Client } from 'pg'
import type { Sql } from './sql.ts'

/** Names of server settings and their values. Times are in ms. */
export type Settings = Readonly<Record<string, string>>

export interface SettingsOptions {
  /** The time limit of a statement, ms. Default 30 s: a slower one has a bad plan, or hangs. */
  readonly statementTimeoutMs?: number
  /**
   * How long a transaction may be idle, ms. Default 2,500. Then Postgres closes the connection and releases its locks. A
   * paused process must not block others, and must not commit decisions that are based on outdated rows.
   */
  readonly idleInTransactionMs?: number
  /** `by_key`, the default, is for statements that find a few rows by keys; `any` is for statements about whole tables. */
  readonly planning?: 'by_key' | 'any'
}

/** How long a statement waits for a lock of another session, ms. Our own transactions hold locks for milliseconds. */
const lockTimeoutMs = 1_000

/**
 * Each of our statements uses an index and has the same plan for one row as for a hundred, so it is planned once per
 * connection. Otherwise Postgres would plan it each time, because the length of an array could allow a better plan, and
 * planning costs more than execution. Sequential scans, hash joins and merge joins are off because they read a whole table or
 * index: a plan that was made for a small table would stay in use when the table has grown.
 *
 * A subquery with a limit that locks its rows is written as `any(array(...))`, which runs once. As `in (...)` it may be the inner side
 * of a nested loop, which runs it again for each row. Each time it then finds and locks further rows.
 */
const plansByKey: Settings = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
}

/** They replace the defaults of the database and of the role. */
export const settingsOf = ({
  statementTimeoutMs,
  idleInTransactionMs,
  planning,
}: Required<SettingsOptions>): Settings => ({
  statement_timeout: String(statementTimeoutMs),
  lock_timeout: String(lockTimeoutMs),
  idle_in_transaction_session_timeout: String(idleInTransactionMs),
  default_transaction_isolation: 'read committed', // others make valid messages fail with serialization failures
  DateStyle: 'ISO, MDY', // the driver reads ISO
  standard_conforming_strings: 'on', // otherwise a backslash in a literal is an escape
  array_nulls: 'on', // otherwise a null in an array that is sent as text becomes the text NULL
  ...(planning === 'by_key' && plansByKey),
})

/** False if its escapes are not UTF-8. The driver decodes them for each connection, so that error would look like an outage. */
export const isDecodable = (url: string): boolean => {
  try {
    new Client({ connectionString: url })
    return true
  } catch (error) {
    return !(error instanceof URIError)
  }
}

/** Parameters of a URL that the driver prefers to ours. */
const timeouts = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'query_timeout']

export const withoutTimeouts = (url: string): string => {
  const address = new URL(url)
  for (const name of timeouts) address.searchParams.delete(name)
  return address.href
}

/**
 * The URL without the parameters that would replace these settings, and the `options` of its connections: those of the URL, such as
 * a `search_path`, and then these settings, because the last value of a setting wins.
 */
export const withSettings = (url: string, settings: Settings): { connectionString: string; options: string } => {
  const address = new URL(withoutTimeouts(url))
  const theirs = address.searchParams.get('options')
  address.searchParams.delete('options') // the driver would prefer it to ours
  return {
    connectionString: address.href,
    options: [...(theirs === null ? [] : [theirs]), optionsOf(settings)].join(' '),
  }
}

/** The server splits the options at spaces (manual, 54.7, StartupMessage). */
const optionsOf = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(' ', String.raw`\ `)}`)
    .join(' ')

/**
 * Checks that the server has these settings, and that the database stores all characters.
 * @throws {Error} whose message is one line.
 */
export const checkSettings = async (sql: Sql, settings: Settings): Promise<void> => {
  const rows = await sql.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any($1)',
    [['server_encoding', ...Object.keys(settings)]],
  )
  const actual = new Map(rows.map(({ name, setting }) => [name, setting]))
  for (const [name, value] of Object.entries(settings))
    if (actual.get(name) !== value)
      throw new Error(
        `a connection pooler has removed startup parameters: ${name} is ${actual.get(name)} instead of ${value}`,
      )
  const encoding = actual.get('server_encoding')
  if (encoding !== 'UTF8')
    throw new Error(`the database has the encoding ${encoding} instead of UTF8: ${encodingAdvice}`)
}

const encodingAdvice =
  "dump it, create it again (create database NAME template template0 encoding 'UTF8' locale 'C'), and restore the dump"
