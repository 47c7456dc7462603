/**
 * Rows of the outbox that fail permanently: AMQP can't express them, or their address no longer exists. After several
 * attempts they become dead letters.
 */
import { type DeadLetter, deadLetter, type WireMessage } from '@quadrille/messaging'
import type { Sql } from '@quadrille/postgres'
import type { OutboxRow } from './outbox.ts'
import type { RelayOptions } from './relay-options.ts'
import { keyOf, keyValues, matchesKeys, type RowKey } from './row-key.ts'

const unsendable = 'unsendable'

/** The longest pause, ms. That of a row whose dead letter can't be stored grows to it. */
const maxPauseMs = 600_000

/** A row that the publisher refused to send. */
export interface Refused {
  readonly row: OutboxRow
  readonly message: WireMessage
  readonly error: Error
}

/** The row is parked after `maxSendAttempts` failures. The pause after the first one is `leaseMs`, and doubles, up to 10 minutes. */
type UnsendableOptions = Pick<
  Required<RelayOptions>,
  'database' | 'storeUnsendable' | 'maxSendAttempts' | 'leaseMs' | 'redactText'
>

/**
 * Counts a failure of each row, and parks those that have failed too often. Storing the dead letter, deleting the row
 * and recording the failed replay is one transaction. Returns the stored dead letters.
 */
export const settleRefused = async (refused: readonly Refused[], options: UnsendableOptions): Promise<DeadLetter[]> => {
  const { database, storeUnsendable, maxSendAttempts, leaseMs } = options
  const failures = await countFailures(
    database,
    refused.map(({ row }) => row),
    leaseMs,
  )
  const exhausted = refused.filter(({ row }) => (failures.get(keyOf(row)) ?? 0) >= maxSendAttempts)
  if (exhausted.length === 0) return []
  return database.transaction(async (sql) => {
    const deleted = await deleteExhausted(
      sql,
      exhausted.map(({ row }) => row),
    )
    const parked = exhausted.flatMap((refusal) => {
      const row = deleted.get(keyOf(refusal.row))
      if (!row) return []
      const { replayOf, failedAt } = row
      return [{ deadLetter: deadLetterOf(refusal, failedAt, options), error: refusal.error, replayOf }]
    })
    await storeUnsendable(sql, parked)
    return parked.map(({ deadLetter }) => deadLetter)
  })
}

const deadLetterOf = (
  { row, message, error }: Refused,
  failedAt: Date,
  { maxSendAttempts, redactText }: UnsendableOptions,
): DeadLetter =>
  deadLetter(
    {
      queue: row.to.routingKey || row.to.exchange,
      exchange: row.originalExchange ?? row.to.exchange,
      message,
      attempts: maxSendAttempts - 1,
      firstFailedAt: row.createdAt,
    },
    { reason: unsendable, error, failedAt },
    redactText,
  )

/**
 * Returns the number of failures of each row. During its pause no relay sends a row. A row that another session
 * has locked is skipped: it is sent again, and fails again.
 */
const countFailures = async (sql: Sql, keys: readonly RowKey[], pauseMs: number): Promise<Map<string, number>> => {
  const rows = await sql.query<RowKey & { failures: number }>(
    `update outbox
     set failures = failures + 1, taken = false,
         leased_until = clock_timestamp() + least($3::float * power(2, least(failures, 20)), ${maxPauseMs}) * interval '1 millisecond'
     where seq in (select seq from outbox where ${matchesKeys} for update skip locked)
     returning seq, id, failures`,
    [...keyValues(keys), pauseMs],
  )
  return new Map(rows.map((row) => [keyOf(row), row.failures]))
}

interface Deleted extends RowKey {
  /** The dead letter that the row replays, or null. */
  readonly replayOf: string | null
  /** By the clock of the database. Only dead letters of RabbitMQ itself have the time of this machine. */
  readonly failedAt: Date
}

/** Deletes the rows that are not locked, and returns them. */
const deleteExhausted = async (sql: Sql, keys: readonly RowKey[]): Promise<Map<string, Deleted>> => {
  const rows = await sql.query<Deleted>(
    `delete from outbox where seq in (select seq from outbox where ${matchesKeys} for update skip locked)
     returning seq, id, letter_id as "replayOf", clock_timestamp() as "failedAt"`,
    keyValues(keys),
  )
  return new Map(rows.map((row) => [keyOf(row), row]))
}
