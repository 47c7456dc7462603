import { type DeletionStep, deleteRows, type Sql } from '@quadrille/postgres'
import { deadLetterColumns, type StoredDeadLetter } from './dead-letter.ts'
import { type DeadLetterFilter, type DeadLetterStatus, matching } from './filter.ts'

export interface Settlement {
  readonly as: Exclude<DeadLetterStatus, 'parked'>
  readonly limit: number
}

/**
 * Settles matching parked dead letters, the oldest first, and returns them without large columns. Each is settled once:
 * a dead letter that is not parked, or that another transaction is settling, is left out.
 */
export const settleDeadLetters = async (
  sql: Sql,
  filter: Omit<DeadLetterFilter, 'status'>,
  { as, limit }: Settlement,
): Promise<StoredDeadLetter[]> => {
  const { condition, values } = matching({ ...filter, status: 'parked' })
  const [status, count] = [`$${values.length + 1}`, `$${values.length + 2}`]
  const deadLetters = await sql.query<StoredDeadLetter>(
    `update dead_letter set status = ${status}, settled_at = clock_timestamp()
     where id = any(array(select id from dead_letter where ${condition} order by id limit ${count} for update skip locked))
     returning ${deadLetterColumns}`,
    [...values, as, limit],
  )
  return deadLetters.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Deletes dead letters that were replayed or discarded, with their operations. */
export const purgeDeadLetters = (sql: Sql, step: DeletionStep): Promise<number> =>
  deleteRows(
    sql,
    `delete from dead_letter where id in (
       select id from dead_letter
       where status <> 'parked' and settled_at < statement_timestamp() - $1 * interval '1 millisecond'
       order by settled_at limit $2
     )`,
    step,
  )
