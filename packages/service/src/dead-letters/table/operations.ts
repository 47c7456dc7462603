/** The log of the operations on dead letters: one statement per function. */
import type { UnsendableMessage } from '@quadrille/outbox'
import { parameterTable, type Sql, storableText } from '@quadrille/postgres'

export interface DeadLetterOperation {
  readonly operation: 'replay' | 'discard'
  /** The name or address of the operator. */
  readonly operator: string
  /** The reason. */
  readonly note: string | null
}

/** Records an operation on each of these dead letters, in the transaction that performs it. */
export const recordOperations = async (
  sql: Sql,
  deadLetterIds: readonly string[],
  { operation, operator, note }: DeadLetterOperation,
): Promise<void> => {
  await sql.query(
    `insert into dead_letter_operation (letter_id, operation, operator, note)
     select letter_id, $2, $3, $4 from unnest($1::uuid[]) as done (letter_id)`,
    [deadLetterIds, operation, storableText(operator), note === null ? null : storableText(note)],
  )
}

const failed = parameterTable({ letter_id: 'uuid', note: 'text' })

/**
 * Records that replays could not be sent, with `service` as the operator. A dead letter that was deleted meanwhile needs no
 * record.
 */
export const recordUnsendable = async (
  sql: Sql,
  service: string,
  replays: readonly Pick<UnsendableMessage, 'replayOf' | 'error'>[],
): Promise<void> => {
  await sql.query(
    `insert into dead_letter_operation (letter_id, operation, operator, note)
     select letter_id, 'unsendable', ${failed.after(1)}, note
     from ${failed.sql} as failed
     where exists (select from dead_letter where id = letter_id)`,
    [
      ...failed.values(
        replays.map(({ replayOf, error }) => ({
          letter_id: replayOf,
          note: storableText(`The message could not be sent, and became a dead letter again: ${error.message}`),
        })),
      ),
      service,
    ],
  )
}

export interface RecordedOperation extends Omit<DeadLetterOperation, 'operation'> {
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
