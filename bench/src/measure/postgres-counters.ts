/** Counters of a Postgres server. Their differences belong to the orders between two readings. */
import { type Client, DatabaseError } from 'pg'

export interface PostgresCounters {
  /** The position in the write-ahead log, such as 0/1A2B3C4D. */
  readonly lsn: string
  /** Transactions, also those that only read. A session reports them a second later, or ten seconds later once it is idle. */
  readonly transactions: number
}

export const readCounters = async (session: Client): Promise<PostgresCounters> => {
  const { rows } = await session.query<{ lsn: string; transactions: number | null }>(
    `select pg_current_wal_insert_lsn()::text as lsn, sum(xact_commit)::float as transactions
     from pg_stat_database where datname <> 'postgres'`,
  )
  const [{ lsn, transactions } = { lsn: '0/0', transactions: 0 }] = rows
  return { lsn, transactions: transactions ?? 0 }
}

/** A part of the write-ahead log. */
export interface Wal {
  readonly bytes: number
  /** Null if a checkpoint has removed the log meanwhile. */
  readonly content: WalContent | null
}

export interface WalContent {
  /** The bytes of copies of whole pages, which each page gets at its first change after a checkpoint. */
  readonly fullPageImages: number
  /** Rows inserted, updated or deleted, except for those of COPY. */
  readonly rowsWritten: number
  /** Commits of transactions that wrote. */
  readonly commits: number
}

/**
 * Reads the write-ahead log between two positions (Postgres manual, pg_walinspect). The log has each row and commit at its place,
 * while pg_stat_database shows them up to ten seconds late.
 */
export const walBetween = async (session: Client, from: string, to: string): Promise<Wal> => {
  const size = await session.query<{ bytes: number }>('select ($2::pg_lsn - $1::pg_lsn)::float as bytes', [from, to])
  const bytes = size.rows[0]?.bytes ?? 0
  if (bytes === 0) return { bytes, content: { fullPageImages: 0, rowsWritten: 0, commits: 0 } }
  try {
    const { rows } = await session.query<WalContent>(
      `select coalesce(sum(fpi_size), 0)::float as "fullPageImages",
              coalesce(sum(count) filter (where type ~ '^Heap/(INSERT|UPDATE|HOT_UPDATE|DELETE)'), 0)::float as "rowsWritten",
              coalesce(sum(count) filter (where type = 'Transaction/COMMIT'), 0)::float as commits
       from (select count, fpi_size, "resource_manager/record_type" as type
             from pg_get_wal_stats($1::pg_lsn, $2::pg_lsn, per_record => true)) as record`,
      [from, to],
    )
    return { bytes, content: rows[0] ?? null }
  } catch (error) {
    if (error instanceof DatabaseError) return { bytes, content: null }
    throw error
  }
}

/** Begins to count statements, from 0. */
export const countStatements = async (session: Client): Promise<void> => {
  await session.query('alter system set pg_stat_statements.track = top')
  await session.query('select pg_reload_conf()')
  await session.query('select pg_stat_statements_reset()')
}

/** The number of statements of the measured system so far, without those of the benchmark. */
export const readStatements = async (session: Client, ownText: string): Promise<number> => {
  const { rows } = await session.query<{ calls: number }>(
    `select coalesce(sum(calls), 0)::float as calls from pg_stat_statements
     where query <> $1 and dbid <> (select oid from pg_database where datname = 'postgres')`,
    [ownText],
  )
  return rows[0]?.calls ?? 0
}

export const stopCountingStatements = async (session: Client): Promise<void> => {
  await session.query('alter system set pg_stat_statements.track = none')
  await session.query('select pg_reload_conf()')
}
