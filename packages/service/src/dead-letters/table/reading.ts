/** Looking at dead letters: one statement a function. */
import type { Sql } from '@quadrille/postgres'
import { type LetterFilter, matching } from './filter.ts'
import { letterColumns, type ParkedLetter, type WholeLetter, wholeLetterColumns } from './letter.ts'

export interface LetterPage {
  /** The id of the last letter of the page before, or null for the first page. */
  readonly after: string | null
  readonly limit: number
}

/** The newest first. */
export const listLetters = (sql: Sql, filter: LetterFilter, { after, limit }: LetterPage): Promise<ParkedLetter[]> => {
  const { condition, values } = matching(filter)
  const [cursor, count] = [`$${values.length + 1}`, `$${values.length + 2}`]
  return sql.query<ParkedLetter>(
    `select ${letterColumns} from dead_letter
     where ${condition} and id < coalesce(${cursor}, 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid
     order by id desc limit ${count}`,
    [...values, after, limit],
  )
}

/** Null where there is none. */
export const getLetter = async (sql: Sql, id: string): Promise<WholeLetter | null> => {
  const [letter] = await sql.query<WholeLetter>(`select ${wholeLetterColumns} from dead_letter where id = $1`, [id])
  return letter ?? null
}

/** Letters that failed in the same way. */
export interface LetterGroup {
  readonly reason: string
  readonly type: string
  readonly queue: string
  readonly place: string | null
  readonly count: number
  readonly oldest: Date
  readonly newest: Date
}

/** The largest groups first. */
export const groupLetters = (sql: Sql, filter: LetterFilter, limit: number): Promise<LetterGroup[]> => {
  const { condition, values } = matching(filter)
  return sql.query<LetterGroup>(
    `select reason, type, queue, place, count(*)::integer as count, min(parked_at) as oldest, max(parked_at) as newest
     from dead_letter where ${condition}
     group by reason, type, queue, place
     order by count desc, oldest limit $${values.length + 1}`,
    [...values, limit],
  )
}

export interface ParkedCount {
  readonly reason: string
  readonly count: number
  readonly oldestAgeMs: number
}

/** What is parked now, by reason: from an index alone. */
export const countParked = (sql: Sql): Promise<ParkedCount[]> =>
  sql.query<ParkedCount>(
    `select reason, count(*)::integer as count,
            greatest(0, extract(epoch from clock_timestamp() - min(parked_at)) * 1000)::float as "oldestAgeMs"
     from dead_letter where status = 'parked' group by reason order by reason`,
  )
