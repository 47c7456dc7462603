/** The dead letters of a service, in its own database. */
import type { DeadLetter, DeadLetterStore } from '@quadrille/messaging'
import { type Sql, storableJson, storableText } from '@quadrille/postgres'
import { traceIdOf } from '../../telemetry/trace-id.ts'
import { placeOf } from './place.ts'

/**
 * The DeadLetterStore of a service, in its own database. Of equal messages in one queue only one is parked at a time.
 * `onStored` is called for each durable dead letter, and again if the original is redelivered and parked once more.
 */
export const deadLetterTable = (
  sql: Sql,
  onStored: (deadLetter: DeadLetter) => void = () => undefined,
): DeadLetterStore => ({
  add: async (deadLetters) => {
    await insertDeadLetters(sql, deadLetters)
    deadLetters.forEach(onStored)
  },
})

const columns = `id, message_id, type, subject, queue, exchange, reason, error, stack, place, attempts, first_failed_at, last_failed_at,
  message, headers, body, trace_id`

const insertDeadLetters = async (sql: Sql, deadLetters: readonly DeadLetter[]): Promise<void> => {
  await sql.query(
    `insert into dead_letter (${columns})
     select ${columns} from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[],
                          $9::text[], $10::text[], $11::integer[], $12::timestamptz[], $13::timestamptz[], $14::jsonb[],
                          $15::jsonb[], $16::bytea[], $17::text[]) as given (${columns})
     on conflict do nothing`,
    columnsOf(deadLetters.map(toRow)),
  )
}

/** The values of one row, in the order of the columns of the statement. */
const toRow = (deadLetter: DeadLetter) => {
  const { body, headers, ...properties } = deadLetter.message
  return [
    deadLetter.id,
    storableText(properties.id),
    storableText(properties.type),
    uuid.test(properties.correlationId) ? properties.correlationId : null,
    deadLetter.queue,
    deadLetter.exchange,
    deadLetter.reason,
    storableText(deadLetter.error),
    deadLetter.stack === null ? null : storableText(deadLetter.stack),
    deadLetter.stack === null ? null : placeOf(deadLetter.stack),
    deadLetter.attempts,
    deadLetter.firstFailedAt,
    deadLetter.lastFailedAt,
    storableJson(properties),
    storableJson(headers),
    Buffer.from(body),
    traceIdOf(deadLetter.message),
  ] as const
}

const columnsOf = (rows: readonly (readonly unknown[])[]): unknown[][] =>
  Array.from({ length: 17 }, (_, column) => rows.map((row) => row[column]))

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
