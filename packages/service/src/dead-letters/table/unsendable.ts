/** Stores messages of the outbox that can't be sent as dead letters. */
import type { StoreUnsendable, UnsendableMessage } from '@quadrille/outbox'
import { parameterTable, type Sql, storableText } from '@quadrille/postgres'
import { deadLetterTable } from './store.ts'

/** Stores the dead letters. If a replay becomes a dead letter again, `service` is recorded as the operator. */
export const storeUnsendable =
  (service: string): StoreUnsendable =>
  async (sql, unsendable) => {
    await deadLetterTable(sql).add(unsendable.map(({ deadLetter }) => deadLetter))
    await recordFailedReplays(sql, service, unsendable)
  }

const failed = parameterTable({ letter_id: 'uuid', note: 'text' })

/** A dead letter that was deleted meanwhile needs no record. */
const recordFailedReplays = async (
  sql: Sql,
  service: string,
  unsendable: readonly UnsendableMessage[],
): Promise<void> => {
  const replays = unsendable.filter(({ replayOf }) => replayOf !== null)
  if (replays.length === 0) return
  await sql.query(
    `insert into dead_letter_operation (letter_id, operation, operator, note)
     select letter_id, 'unsendable', ${failed.after(1)}, note
     from ${failed.sql} as failed
     where exists (select from dead_letter where id = letter_id)`,
    [...failed.values(replays.map(toRow)), service],
  )
}

const toRow = ({ replayOf, error }: UnsendableMessage) => ({
  letter_id: replayOf,
  note: storableText(`The message could not be sent, and became a dead letter again: ${error.message}`),
})
