/** The parked dead letters of messages of later versions, in the order in which they became dead letters. */
import type { Sql } from '@quadrille/postgres'

/** The position of a dead letter in this sequence. */
export interface ParkingPosition {
  readonly id: string
  /** A text, because a Date would lose the microseconds. */
  readonly parkedAt: string
}

export interface FutureVersion extends ParkingPosition {
  readonly queue: string
  /** False if one with an earlier position may still be committed. The statement that parks one takes 30 s at most. */
  readonly isFinal: boolean
}

/** The position before all dead letters. */
export const start: ParkingPosition = { id: '00000000-0000-0000-0000-000000000000', parkedAt: '-infinity' }

/** Those after the position. The literals in the condition are those of the partial index. */
export const listFutureVersions = (
  sql: Sql,
  { id, parkedAt }: ParkingPosition,
  limit: number,
): Promise<FutureVersion[]> =>
  sql.query<FutureVersion>(
    `select id, parked_at::text as "parkedAt", queue, parked_at < now() - interval '1 minute' as "isFinal"
     from dead_letter
     where status = 'parked' and reason = 'future_version' and (parked_at, id) > ($1::timestamptz, $2::uuid)
     order by parked_at, id limit $3`,
    [parkedAt, id, limit],
  )
