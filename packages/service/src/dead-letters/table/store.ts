/** The dead letters of a service, in its own database. */
import type { DeadLetter, DeadLetterStore } from '@quadrille/messaging'
import type { Sql } from '@quadrille/postgres'
import { storableJson, storableText } from '@quadrille/postgres'
import { traceIdOf } from '../../telemetry/trace-id.ts'
import { placeOf } from './place.ts'

/** A DeadLetterStore in the database of the service whose messages they are. Of equal messages in one queue one is parked at a time. */
export const deadLetterTable = (sql: Sql): DeadLetterStore => ({ add: (letters) => insertDeadLetters(sql, letters) })

const columns = `id, message_id, type, order_id, queue, exchange, reason, error, stack, place, attempts, first_failed_at, last_failed_at,
  message, headers, body, trace_id`

const insertDeadLetters = async (sql: Sql, letters: readonly DeadLetter[]): Promise<void> => {
  await sql.query(
    `insert into dead_letter (${columns})
     select ${columns} from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[],
                          $9::text[], $10::text[], $11::integer[], $12::timestamptz[], $13::timestamptz[], $14::jsonb[],
                          $15::jsonb[], $16::bytea[], $17::text[]) as given (${columns})
     on conflict do nothing`,
    columnsOf(letters.map(toRow)),
  )
}

/** The values of one row, in the order of the statement's columns. */
const toRow = (letter: DeadLetter) => {
  const { body, headers, ...properties } = letter.message
  return [
    letter.id,
    storableText(properties.id),
    storableText(properties.type),
    uuid.test(properties.correlationId) ? properties.correlationId : null,
    letter.queue,
    letter.exchange,
    letter.reason,
    storableText(letter.error),
    letter.stack === null ? null : storableText(letter.stack),
    letter.stack === null ? null : placeOf(letter.stack),
    letter.attempts,
    letter.firstFailedAt,
    letter.lastFailedAt,
    storableJson(properties),
    storableJson(headers),
    Buffer.from(body),
    traceIdOf(letter.message),
  ] as const
}

const columnsOf = (rows: readonly (readonly unknown[])[]): unknown[][] =>
  Array.from({ length: 17 }, (_, column) => rows.map((row) => row[column]))

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
