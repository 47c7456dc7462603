import type { DeadLetter, DeadLetterStore } from '@quadrille/messaging'
import type { StoreUnsendable } from '@quadrille/outbox'
import { parameterTable, type Sql, storableJson, storableText } from '@quadrille/postgres'
import { traceIdOf } from '../../telemetry/trace-id.ts'
import { recordUnsendable } from './operations.ts'
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

/** Stores messages that the relay can't send. If a replay becomes a dead letter again, `service` is recorded as the operator. */
export const storeUnsendable =
  (service: string): StoreUnsendable =>
  async (sql, unsendable) => {
    await deadLetterTable(sql).add(unsendable.map(({ deadLetter }) => deadLetter))
    const replays = unsendable.filter(({ replayOf }) => replayOf !== null)
    if (replays.length > 0) await recordUnsendable(sql, service, replays)
  }

const given = parameterTable({
  id: 'uuid',
  message_id: 'text',
  type: 'text',
  subject: 'uuid',
  queue: 'text',
  exchange: 'text',
  reason: 'text',
  error: 'text',
  stack: 'text',
  place: 'text',
  attempts: 'integer',
  first_failed_at: 'timestamptz',
  last_failed_at: 'timestamptz',
  message: 'jsonb',
  headers: 'jsonb',
  body: 'bytea',
  trace_id: 'text',
})

const insertDeadLetters = async (sql: Sql, deadLetters: readonly DeadLetter[]): Promise<void> => {
  await sql.query(
    `insert into dead_letter (${given.columns})
     select ${given.columns} from ${given.sql} as given
     on conflict do nothing`,
    given.values(deadLetters.map(toRow)),
  )
}

const toRow = (deadLetter: DeadLetter) => {
  const { body, headers, ...properties } = deadLetter.message
  return {
    id: deadLetter.id,
    message_id: storableText(properties.id),
    type: storableText(properties.type),
    subject: uuid.test(properties.correlationId) ? properties.correlationId : null,
    queue: deadLetter.queue,
    exchange: deadLetter.exchange,
    reason: deadLetter.reason,
    error: storableText(deadLetter.error),
    stack: deadLetter.stack === null ? null : storableText(deadLetter.stack),
    place: placeOf(deadLetter),
    attempts: deadLetter.attempts,
    first_failed_at: deadLetter.firstFailedAt,
    last_failed_at: deadLetter.lastFailedAt,
    message: storableJson(properties),
    headers: storableJson(headers),
    body,
    trace_id: traceIdOf(deadLetter.message),
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
