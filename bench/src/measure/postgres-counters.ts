/** Counters of a Postgres server. Their differences belong to the orders between two readings. */
import { type Client, DatabaseError } from 'pg'

export interface PostgresCounters {
  /** The position in the write-ahead log, such as 0/1A2B3C4D. */
  readonly lsn: string
  readonly commits: number
  /** Rows inserted, updated or deleted. */
  readonly rowsWritten: number
}

/** Sessions report their counts once a second, so that a difference is exact only for longer intervals. */
export const readCounters = async (session: Client): Promise<PostgresCounters> => {
  const { rows } = await session.query<{ lsn: string; commits: number; written: number }>(
    `select pg_current_wal_insert_lsn()::text as lsn, sum(xact_commit)::float as commits,
            sum(tup_inserted + tup_updated + tup_deleted)::float as written
     from pg_stat_database where datname <> 'postgres'`,
  )
  const [{ lsn, commits, written } = { lsn: '0/0', commits: 0, written: 0 }] = rows
  return { lsn, commits: commits ?? 0, rowsWritten: written ?? 0 }
}

export interface WalBytes {
  readonly bytes: number
  /**
   * The part that is copies of whole pages, which each page gets at its first change after a checkpoint. Null if a checkpoint has
   * removed the log meanwhile.
   */
  readonly fullPageImages: number | null
}

/** Reads the write-ahead log between two positions (Postgres manual, pg_walinspect). */
export const walBetween = async (session: Client, from: string, to: string): Promise<WalBytes> => {
  const size = await session.query<{ bytes: number }>('select ($2::pg_lsn - $1::pg_lsn)::float as bytes', [from, to])
  const bytes = size.rows[0]?.bytes ?? 0
  if (bytes === 0) return { bytes, fullPageImages: 0 }
  try {
    const { rows } = await session.query<{ images: number }>(
      'select sum(fpi_size)::float as images from pg_get_wal_stats($1::pg_lsn, $2::pg_lsn)',
      [from, to],
    )
    return { bytes, fullPageImages: rows[0]?.images ?? 0 }
  } catch (error) {
    if (error instanceof DatabaseError) return { bytes, fullPageImages: null }
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
