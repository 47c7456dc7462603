/** Queries for dead letters: one statement per function. */
import type { Sql } from '@quadrille/postgres'
import {
  type DeadLetterDetails,
  deadLetterColumns,
  deadLetterDetailColumns,
  type StoredDeadLetter,
} from './dead-letter.ts'
import { type DeadLetterFilter, matching } from './filter.ts'

export interface DeadLetterPage {
  /** The last dead letter of the previous page. Null for the first page. */
  readonly after: string | null
  readonly limit: number
}

/** The newest first. */
export const listDeadLetters = (
  sql: Sql,
  filter: DeadLetterFilter,
  { after, limit }: DeadLetterPage,
): Promise<StoredDeadLetter[]> => {
  const { condition, values } = matching(filter)
  const [cursor, count] = [`$${values.length + 1}`, `$${values.length + 2}`]
  return sql.query<StoredDeadLetter>(
    `select ${deadLetterColumns} from dead_letter
     where ${condition} and id < coalesce(${cursor}, 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid
     order by id desc limit ${count}`,
    [...values, after, limit],
  )
}

/** The parked dead letters that match: the oldest first. It locks none, so a concurrent replay finds them. */
export const listOldestParked = (
  sql: Sql,
  filter: Omit<DeadLetterFilter, 'status'>,
  limit: number,
): Promise<StoredDeadLetter[]> => {
  const { condition, values } = matching({ ...filter, status: 'parked' })
  return sql.query<StoredDeadLetter>(
    `select ${deadLetterColumns} from dead_letter where ${condition} order by id limit $${values.length + 1}`,
    [...values, limit],
  )
}

export const findDeadLetter = async (sql: Sql, id: string): Promise<DeadLetterDetails | null> => {
  const [deadLetter] = await sql.query<DeadLetterDetails>(
    `select ${deadLetterDetailColumns} from dead_letter where id = $1`,
    [id],
  )
  return deadLetter ?? null
}

/** Dead letters that failed in the same place for the same kind of reason. Their errors may differ. */
export interface DeadLetterGroup {
  readonly reason: string
  readonly type: string
  readonly queue: string
  readonly place: string | null
  readonly count: number
  /** That of the newest one. */
  readonly error: string
  readonly oldest: Date
  readonly newest: Date
}

/**
 * The largest groups first. The ids of a group are compared instead of its errors, because sorting the errors of many dead
 * letters takes longer than reading them. They are compared as text, because Postgres before 18 has no maximum of UUIDs.
 */
export const groupDeadLetters = (sql: Sql, filter: DeadLetterFilter, limit: number): Promise<DeadLetterGroup[]> => {
  const { condition, values } = matching(filter)
  return sql.query<DeadLetterGroup>(
    `select reason, type, queue, place, count, error, oldest, newest
     from (
       select reason, type, queue, place, count(*)::integer as count, max(id::text collate "C")::uuid as newest_id,
              min(parked_at) as oldest, max(parked_at) as newest
       from dead_letter where ${condition}
       group by reason, type, queue, place
       order by count desc, oldest limit $${values.length + 1}
     ) as largest, lateral (select error from dead_letter where id = largest.newest_id) as newest_letter
     order by count desc, oldest`,
    [...values, limit],
  )
}

export interface QueueOfDeadLetters {
  readonly queue: string
  readonly count: number
}

/**
 * Counts the parked dead letters of each queue that has some, up to the limit. Each queue is found by one step in an index, so that the
 * cost does not depend on the number of dead letters (https://wiki.postgresql.org/wiki/Loose_indexscan).
 */
export const countDeadLettersByQueue = (sql: Sql, limit: number): Promise<QueueOfDeadLetters[]> =>
  sql.query<QueueOfDeadLetters>(
    `with recursive present (queue) as (
       select min(queue) from dead_letter where status = 'parked'
       union all
       select (select min(queue) from dead_letter where status = 'parked' and queue > present.queue)
       from present where present.queue is not null
     )
     select present.queue, parked.count
     from present, lateral (
       select count(*)::integer as count from (
         select from dead_letter where dead_letter.queue = present.queue and status = 'parked' limit $1
       ) as counted
     ) as parked
     where present.queue is not null`,
    [limit],
  )

export interface DeadLetterCount {
  readonly reason: string
  readonly count: number
  readonly oldestAgeMs: number
}

/** Counts parked dead letters by reason, in an index-only scan. */
export const countDeadLetters = (sql: Sql): Promise<DeadLetterCount[]> =>
  sql.query<DeadLetterCount>(
    `select reason, count(*)::integer as count,
            greatest(0, extract(epoch from clock_timestamp() - min(parked_at)) * 1000)::float as "oldestAgeMs"
     from dead_letter where status = 'parked' group by reason order by reason`,
  )
