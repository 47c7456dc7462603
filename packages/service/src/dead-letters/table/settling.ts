/** Operations on dead letters: one statement per function. */
import { parameterTable, type Sql, storableText } from '@quadrille/postgres'
import { deadLetterColumns, type StoredDeadLetter } from './dead-letter.ts'
import { type DeadLetterFilter, type DeadLetterStatus, matching } from './filter.ts'

export interface Settlement {
  readonly as: Exclude<DeadLetterStatus, 'parked'>
  /** The largest number of dead letters. */
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
     where id in (select id from dead_letter where ${condition} order by id limit ${count} for update skip locked)
     returning ${deadLetterColumns}`,
    [...values, as, limit],
  )
  return deadLetters.sort((a, b) => (a.id < b.id ? -1 : 1))
}

export interface DeadLetterOperation {
  readonly deadLetterId: string
  readonly operation: 'replay' | 'discard'
  /** The name or address of the operator. */
  readonly operator: string
  /** The reason. */
  readonly note: string | null
}

const done = parameterTable({ letter_id: 'uuid', operation: 'text', operator: 'text', note: 'text' })

/** Records operations, in the transaction that performs them. */
export const recordOperations = async (sql: Sql, operations: readonly DeadLetterOperation[]): Promise<void> => {
  await sql.query(
    `insert into dead_letter_operation (${done.columns}) select ${done.columns} from ${done.sql} as done`,
    done.values(
      operations.map(({ deadLetterId, operation, operator, note }) => ({
        letter_id: deadLetterId,
        operation,
        operator: storableText(operator),
        note: note === null ? null : storableText(note),
      })),
    ),
  )
}

export interface RecordedOperation extends Omit<DeadLetterOperation, 'deadLetterId' | 'operation'> {
  /**
   * `edit`: an earlier version replayed the message with other content. `unsendable`: a replayed message could not be
   * sent, and the service has parked it again.
   */
  readonly operation: DeadLetterOperation['operation'] | 'edit' | 'unsendable'
  readonly at: Date
}

/** Lists the operations on a dead letter, in order. */
export const operationsOf = (sql: Sql, deadLetterId: string): Promise<RecordedOperation[]> =>
  sql.query<RecordedOperation>(
    `select operation, operator, note, at from dead_letter_operation where letter_id = $1 order by id`,
    [deadLetterId],
  )
