import type { Sql } from './sql.ts'

export interface DeletionStep {
  readonly olderThanMs: number
  /** The maximum number of rows to delete. If that many were deleted, there may be more. */
  readonly limit: number
}

/** Runs a `delete` with the parameters age in ms and limit, and returns the number of deleted rows. */
export const deleteRows = async (sql: Sql, deletion: string, { olderThanMs, limit }: DeletionStep): Promise<number> => {
  const [row] = await sql.query<{ rows: number }>(
    `with gone as (${deletion} returning 1) select count(*)::integer as rows from gone`,
    [olderThanMs, limit],
  )
  return row?.rows ?? 0
}
