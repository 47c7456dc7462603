/** A dead letter as it lies in the table. */
import type { WireMessage } from '@quadrille/messaging'
import type { DeadLetterStatus } from './filter.ts'

export interface StoredDeadLetter {
  readonly id: string
  /** As the sender has it: empty where it gave none. */
  readonly messageId: string
  readonly type: string
  /** The id of what the message is about; null if it has no UUID as its correlation id. */
  readonly subject: string | null
  readonly queue: string
  /** The exchange by which it first came. Empty where that is not known, as of dead letters of earlier versions. */
  readonly exchange: string
  readonly reason: string
  readonly error: string
  /** Where in the code it failed, in short: equal failures have the same. */
  readonly place: string | null
  readonly attempts: number
  readonly firstFailedAt: Date
  readonly lastFailedAt: Date
  readonly traceId: string | null
  readonly status: DeadLetterStatus
  readonly parkedAt: Date
  /** When it was replayed or discarded. */
  readonly settledAt: Date | null
}

/** With all that is needed to understand it, and to send it again. */
export interface DeadLetterDetails extends StoredDeadLetter {
  readonly stack: string | null
  readonly properties: Pick<WireMessage, 'id' | 'type' | 'correlationId' | 'appId' | 'contentType'>
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

/** Named as the fields are. */
export const deadLetterColumns = `id, message_id as "messageId", type, subject, queue, exchange, reason, error, place, attempts,
  first_failed_at as "firstFailedAt", last_failed_at as "lastFailedAt", trace_id as "traceId", status,
  parked_at as "parkedAt", settled_at as "settledAt"`

export const deadLetterDetailColumns = `${deadLetterColumns}, stack, message as properties, headers, body`
