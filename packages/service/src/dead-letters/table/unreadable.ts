/**
 * The parked dead letters that another version of the service may be able to handle: messages of later versions, and tasks that
 * this version does not have. In the order in which they became dead letters.
 */
import type { Sql } from '@quadrille/postgres'

/** The position of a dead letter in this sequence. */
export interface ParkingPosition {
  readonly id: string
  /** A text, because a Date would lose the microseconds. */
  readonly parkedAt: string
}

interface Unreadable extends ParkingPosition {
  readonly queue: string
  readonly body: Buffer
}

/** The position before all dead letters. */
export const start: ParkingPosition = { id: '00000000-0000-0000-0000-000000000000', parkedAt: '-infinity' }

/** Those after the position. The literals in the condition are those of the partial index. */
export const listUnreadable = (sql: Sql, { id, parkedAt }: ParkingPosition, limit: number): Promise<Unreadable[]> =>
  sql.query<Unreadable>(
    `select id, parked_at::text as "parkedAt", queue, body
     from dead_letter
     where status = 'parked' and reason in ('future_version', 'unknown_type') and (parked_at, id) > ($1::timestamptz, $2::uuid)
     order by parked_at, id limit $3`,
    [parkedAt, id, limit],
  )
