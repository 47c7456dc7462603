/** What operators do with dead letters: one statement a function. */
import type { Sql } from '@quadrille/postgres'
import { storableText } from '@quadrille/postgres'
import { type LetterFilter, type LetterStatus, matching } from './filter.ts'
import { letterColumns, type ParkedLetter } from './letter.ts'

export interface Settlement {
  readonly as: Exclude<LetterStatus, 'parked'>
  /** How many letters at most. */
  readonly limit: number
}

/**
 * Settles parked letters that match, the oldest first, and returns them, without what may be large. Each is settled once,
 * however many ask for it: one that is not parked any more, or that another transaction is just settling, is not among them.
 */
export const settleLetters = async (
  sql: Sql,
  filter: Omit<LetterFilter, 'status'>,
  { as, limit }: Settlement,
): Promise<ParkedLetter[]> => {
  const { condition, values } = matching({ ...filter, status: 'parked' })
  const [status, count] = [`$${values.length + 1}`, `$${values.length + 2}`]
  const letters = await sql.query<ParkedLetter>(
    `update dead_letter set status = ${status}, settled_at = clock_timestamp()
     where id in (select id from dead_letter where ${condition} order by id limit ${count} for update skip locked)
     returning ${letterColumns}`,
    [...values, as, limit],
  )
  return letters.sort((a, b) => (a.id < b.id ? -1 : 1))
}

export interface Operation {
  readonly letterId: string
  readonly operation: 'replay' | 'discard'
  /** Who did it. */
  readonly operator: string
  /** Why. */
  readonly note: string | null
}

/** Notes what was done, in the transaction that does it. */
export const recordOperations = async (sql: Sql, operations: readonly Operation[]): Promise<void> => {
  await sql.query(
    `insert into dead_letter_operation (letter_id, operation, operator, note)
     select letter_id, operation, operator, note
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as done (letter_id, operation, operator, note)`,
    [
      operations.map(({ letterId }) => letterId),
      operations.map(({ operation }) => operation),
      operations.map(({ operator }) => storableText(operator)),
      operations.map(({ note }) => (note === null ? null : storableText(note))),
    ],
  )
}

export interface RecordedOperation extends Omit<Operation, 'letterId' | 'operation'> {
  /**
   * `edit`: an earlier version replayed it with other content. `unsendable`: what was replayed could not be sent, and the
   * service has parked it again.
   */
  readonly operation: Operation['operation'] | 'edit' | 'unsendable'
  readonly at: Date
}

/** What was done with a letter, in order. */
export const operationsOf = (sql: Sql, letterId: string): Promise<RecordedOperation[]> =>
  sql.query<RecordedOperation>(
    `select operation, operator, note, at from dead_letter_operation where letter_id = $1 order by id`,
    [letterId],
  )
