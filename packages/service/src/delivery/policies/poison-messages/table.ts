/** The suspect table: one statement per function. */
import type { Sql } from '@quadrille/postgres'

export interface Suspect {
  readonly queue: string
  /** Of its bytes. */
  readonly fingerprint: string
}

/** Puts on record that its handling begins, and returns how often it has begun and not ended, this time included. */
export const beginSuspect = async (sql: Sql, { queue, fingerprint }: Suspect): Promise<number> => {
  const [row] = await sql.query<{ begun: number }>(
    `insert into suspect (queue, fingerprint, begun) values ($1, $2, 1)
     on conflict (queue, fingerprint) do update set begun = suspect.begun + 1, begun_at = now()
     returning begun`,
    [queue, fingerprint],
  )
  return row?.begun ?? 1
}

/** Its handling has ended, however. Also clears away what a process left behind that died between settling it and this. */
export const endSuspect = async (sql: Sql, { queue, fingerprint }: Suspect): Promise<void> => {
  await sql.query(
    `delete from suspect where queue = $1 and (fingerprint = $2 or begun_at < now() - interval '7 days')`,
    [queue, fingerprint],
  )
}
