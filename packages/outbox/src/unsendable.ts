/**
 * Rows of the outbox that fail for a reason of their own: AMQP can't express them, or the service no longer has the address
 * that they go to. After some tries they become dead letters.
 */
import { type DeadLetter, deadLetter, type WireMessage } from '@quadrille/messaging'
import type { Database, Sql } from '@quadrille/postgres'
import { deadLetterTable } from './dead-letters/store.ts'
import type { OutboxRow } from './outbox.ts'
import { storableText } from './storable.ts'

/** The reason of such letters. */
const unsendable = 'unsendable'

/** A row that could not be sent. */
export interface Refused {
  readonly row: OutboxRow
  readonly message: WireMessage
  readonly error: Error
}

export interface UnsendableOptions {
  /** The service, which is on record as the one that parks the row. */
  readonly service: string
  /** The row is parked when it has failed so often. */
  readonly tries: number
  /** The pause after the first failure, ms. It doubles with each further one. */
  readonly pauseMs: number
}

/**
 * Counts a failure of each row, and parks those that have failed too often: the dead letter is stored, the row deleted and
 * the failure recorded at the letter that it replays, in one transaction. Returns the letters that were stored.
 */
export const settleRefused = async (
  database: Database,
  refused: readonly Refused[],
  { service, tries, pauseMs }: UnsendableOptions,
): Promise<DeadLetter[]> => {
  const failures = await countFailures(
    database,
    refused.map(({ row }) => row.seq),
    pauseMs,
  )
  const hopeless = refused.filter(({ row }) => (failures.get(row.seq) ?? 0) >= tries)
  if (hopeless.length === 0) return []
  return database.transaction(async (sql) => {
    const replayed = await takeOut(
      sql,
      hopeless.map(({ row }) => row.seq),
    )
    const parked = hopeless.filter(({ row }) => replayed.has(row.seq))
    const letters = parked.map((each) => letterOf(each, tries))
    await deadLetterTable(sql).add(letters)
    await recordAtLetters(
      sql,
      service,
      parked.map(({ row, error }) => ({ letterId: replayed.get(row.seq), error })),
    )
    return letters
  })
}

const letterOf = ({ row, message, error }: Refused, tries: number): DeadLetter =>
  deadLetter(
    {
      queue: row.to.routingKey || row.to.exchange,
      exchange: row.originalExchange ?? row.to.exchange,
      message,
      attempts: tries - 1,
      firstFailedAt: row.createdAt,
    },
    { reason: unsendable, error },
  )

/**
 * Returns how often each row has failed by now. Until its pause is over a row belongs to no relay. A row that another session
 * has locked is left alone: it is sent again, and fails again.
 */
const countFailures = async (sql: Sql, seqs: readonly number[], pauseMs: number): Promise<Map<number, number>> => {
  const rows = await sql.query<{ seq: number; failures: number }>(
    `update outbox
     set failures = failures + 1, taken = false,
         leased_until = clock_timestamp() + $2::float * power(2, least(failures, 20)) * interval '1 millisecond'
     where seq in (select seq from outbox where seq = any($1::bigint[]) for update skip locked)
     returning seq, failures`,
    [seqs, pauseMs],
  )
  return new Map(rows.map(({ seq, failures }) => [seq, failures]))
}

/** Deletes the rows that nobody has locked, and returns for each the letter that it replays, or null. */
const takeOut = async (sql: Sql, seqs: readonly number[]): Promise<Map<number, string | null>> => {
  const rows = await sql.query<{ seq: number; letter_id: string | null }>(
    `delete from outbox where seq in (select seq from outbox where seq = any($1::bigint[]) for update skip locked)
     returning seq, letter_id`,
    [seqs],
  )
  return new Map(rows.map(({ seq, letter_id }) => [seq, letter_id]))
}

interface FailedReplay {
  readonly letterId: string | null | undefined
  readonly error: Error
}

/** A letter that was forgotten meanwhile needs no record. */
const recordAtLetters = async (sql: Sql, service: string, failed: readonly FailedReplay[]): Promise<void> => {
  const replays = failed.filter(({ letterId }) => typeof letterId === 'string')
  if (replays.length === 0) return
  await sql.query(
    `insert into dead_letter_operation (letter_id, operation, operator, note)
     select letter_id, 'unsendable', $3, note
     from unnest($1::uuid[], $2::text[]) as failed (letter_id, note)
     where exists (select from dead_letter where id = letter_id)`,
    [
      replays.map(({ letterId }) => letterId),
      replays.map(({ error }) => storableText(`The message could not be sent, and was parked again: ${error.message}`)),
      service,
    ],
  )
}
