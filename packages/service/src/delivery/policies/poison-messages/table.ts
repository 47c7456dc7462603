/** The suspect table: one statement per function. */
import type { Sql } from '@quadrille/postgres'

export interface Suspect {
  readonly queue: string
  /** A hash of the bytes of the message. */
  readonly fingerprint: string
}

/**
 * Records that its handling begins. Returns how often handling has begun without an end, including this time. If the statement is
 * repeated, it does not count again: the one before may have been committed although its answer was lost.
 */
export const beginSuspect = async (sql: Sql, { queue, fingerprint }: Suspect, isRepeated: boolean): Promise<number> => {
  const [row] = await sql.query<{ begun: number }>(
    `insert into suspect (queue, fingerprint, begun) values ($1, $2, 1)
     on conflict (queue, fingerprint) do update set begun = suspect.begun + $3, begun_at = now()
     returning begun`,
    [queue, fingerprint, isRepeated ? 0 : 1],
  )
  return row?.begun ?? 1
}

/**
 * Records that its handling has ended, with any outcome. Also deletes old rows of processes that crashed after settling their
 * suspect.
 */
export const endSuspect = async (sql: Sql, { queue, fingerprint }: Suspect): Promise<void> => {
  await sql.query(
    `delete from suspect where queue = $1 and (fingerprint = $2 or begun_at < now() - interval '7 days')`,
    [queue, fingerprint],
  )
}
