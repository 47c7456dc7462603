/** What operators do with dead letters: one statement a function. */
import type { Sql } from '@quadrille/postgres'
import { storableText } from '@quadrille/postgres'
import { deadLetterColumns, type StoredDeadLetter } from './dead-letter.ts'
import { type DeadLetterFilter, type DeadLetterStatus, matching } from './filter.ts'

export interface Settlement {
  readonly as: Exclude<DeadLetterStatus, 'parked'>
  /** How many dead letters at most. */
  readonly limit: number
}

/**
 * Settles parked dead letters that match, the oldest first, and returns them, without what may be large. Each is settled once,
 * however many ask for it: one that is not parked any more, or that another transaction is just settling, is not among them.
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
     where id in (select id from dead_letter where ${condition} order by id limit ${count} for update skip locked)
     returning ${deadLetterColumns}`,
    [...values, as, limit],
  )
  return deadLetters.sort((a, b) => (a.id < b.id ? -1 : 1))
}

export interface Operation {
  readonly deadLetterId: string
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
      operations.map(({ deadLetterId }) => deadLetterId),
      operations.map(({ operation }) => operation),
      operations.map(({ operator }) => storableText(operator)),
      operations.map(({ note }) => (note === null ? null : storableText(note))),
    ],
  )
}

export interface RecordedOperation extends Omit<Operation, 'deadLetterId' | 'operation'> {
  /**
   * `edit`: an earlier version replayed it with other content. `unsendable`: what was replayed could not be sent, and the
   * service has parked it again.
   */
  readonly operation: Operation['operation'] | 'edit' | 'unsendable'
  readonly at: Date
}

/** What was done with a dead letter, in order. */
export const operationsOf = (sql: Sql, deadLetterId: string): Promise<RecordedOperation[]> =>
  sql.query<RecordedOperation>(
    `select operation, operator, note, at from dead_letter_operation where letter_id = $1 order by id`,
    [deadLetterId],
  )
