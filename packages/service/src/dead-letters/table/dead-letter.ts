/** A dead letter as stored in the table. */
import type { DeadLetterStatus } from './filter.ts'

export interface StoredDeadLetter {
  readonly id: string
  /** As the sender gave it. Empty if it gave none. */
  readonly messageId: string
  readonly type: string
  /** The id of the message's subject. Null if the correlation id is not a UUID. */
  readonly subject: string | null
  readonly queue: string
  /** The exchange of the first delivery. Empty if it is unknown, as in dead letters of earlier versions. */
  readonly exchange: string
  readonly reason: string
  readonly error: string
  /** The place of the failure in the code, in short form. Equal failures have the same place. */
  readonly place: string | null
  readonly attempts: number
  readonly firstFailedAt: Date
  readonly lastFailedAt: Date
  readonly traceId: string | null
  readonly status: DeadLetterStatus
}

/** A dead letter with everything that is needed to understand it and to send it again. */
export interface DeadLetterDetails extends StoredDeadLetter {
  readonly stack: string | null
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

/** Columns, named like the fields. */
export const deadLetterColumns = `id, message_id as "messageId", type, subject, queue, exchange, reason, error, place, attempts,
  first_failed_at as "firstFailedAt", last_failed_at as "lastFailedAt", trace_id as "traceId", status`

export const deadLetterDetailColumns = `${deadLetterColumns}, stack, headers, body`
