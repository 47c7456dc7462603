/** The parameters and bodies of requests about dead letters, and of their answers. */
import { type Language, prose, text, timestamp, uuid, visible } from '@quadrille/messages'
import { storableText } from '@quadrille/postgres'
import { z } from 'zod'
import { nameSubject, viewWithSubject } from '../../http/subject-name.ts'
import type { DeadLetterDetails, StoredDeadLetter } from '../table/dead-letter.ts'
import type { RecordedOperation } from '../table/operations.ts'
import { deadLetterDetailsExample, deadLetterExample } from './examples.ts'
import { shownPayload } from './payload.ts'

export const deadLetterParams = z.strictObject({
  id: uuid.meta({ description: 'The id of the dead letter.' }),
})

export const noteField = {
  note: visible(prose(1_000)).min(1).optional().meta({ description: 'The reason, for the record.' }),
}

const name = text(255).min(1)
/** As it is stored. A sender may give its message any type. */
const type = z.string().max(255).transform(storableText)
const maxTypes = 100
const status = z.enum(['parked', 'replayed', 'discarded'])
const time = timestamp.transform((text) => new Date(text))

/** Filters for dead letters. All of them must match. */
export const filterFields = {
  reason: name.optional().meta({ description: 'Only dead letters with this reason, such as `attempts_exhausted`.' }),
  type: z
    .union([type.transform((one) => [one]), z.array(type).min(1).max(maxTypes)])
    .optional()
    .meta({ description: `Only messages of this type, or of one of up to ${maxTypes} types.` }),
  queue: name.optional().meta({ description: 'Only messages that failed in this queue.' }),
  subject: uuid.optional().meta({ description: 'Only messages whose subject has this id.' }),
  place: text(1_000).optional().meta({
    description:
      'Only messages that failed at this place in the code, as the groups name it. Empty: only those without a known place.',
  }),
  from: time.optional().meta({ description: 'Only messages that became dead letters at this time or later.' }),
  to: time.optional().meta({ description: 'Only messages that became dead letters before this time.' }),
}

export const statusField = { status: status.optional().meta({ description: 'Only dead letters with this status.' }) }

const summary = z
  .object({
    id: z.uuid().meta({ description: 'The id of the dead letter.' }),
    messageId: z
      .string()
      .meta({ description: 'The id of the message, as the message gives it; empty if it has none.' }),
    type: z.string().meta({ description: 'The type of the message, as the message gives it.' }),
    subject: z.uuid().nullable().meta({ description: 'The id of the subject of the message; null if it is unknown.' }),
    queue: z.string().meta({ description: 'The queue in which the message failed.' }),
    reason: z.string().meta({ description: 'The kind of failure, such as `attempts_exhausted` or `not_json`.' }),
    error: z.string().meta({ description: 'The last error. Secrets and email addresses are masked.' }),
    place: z.string().nullable().meta({ description: 'The place in the code at which it failed, if known.' }),
    attempts: z.int().meta({ description: 'The number of failed attempts.' }),
    firstFailedAt: z.iso.datetime().meta({ description: 'The time of the first failure.' }),
    lastFailedAt: z.iso
      .datetime()
      .meta({ description: 'The time of the last failure, after which it became a dead letter.' }),
    status: status.meta({ description: '`parked` until an operator replays or discards the message.' }),
  })
  .meta({
    title: 'DeadLetter',
    description: 'A message that the service could not handle.',
    examples: [deadLetterExample],
  })

export const deadLetterFields = summary.shape

export const deadLetterView = ({ subject }: Language) => viewWithSubject(summary, subject)

const summaryOf = (deadLetter: StoredDeadLetter, { redactText }: Language): z.output<typeof summary> => ({
  id: deadLetter.id,
  messageId: deadLetter.messageId,
  type: deadLetter.type,
  subject: deadLetter.subject,
  queue: deadLetter.queue,
  reason: deadLetter.reason,
  error: redactText(deadLetter.error),
  place: deadLetter.place,
  attempts: deadLetter.attempts,
  firstFailedAt: deadLetter.firstFailedAt.toISOString(),
  lastFailedAt: deadLetter.lastFailedAt.toISOString(),
  status: deadLetter.status,
})

export const shownSummary = (deadLetter: StoredDeadLetter, language: Language) =>
  nameSubject(summaryOf(deadLetter, language), language.subject)

const operationView = z
  .object({
    operation: z.enum(['replay', 'edit', 'discard', 'unsendable']).meta({
      description:
        'The operation. `edit` comes from an earlier version. `unsendable`: the replay could not be sent, and the message became a dead letter again.',
    }),
    operator: z.string().meta({ description: 'The name or the address of the operator.' }),
    note: z.string().nullable().meta({ description: 'The reason that the operator gave.' }),
    at: z.iso.datetime().meta({ description: 'The time of the operation.' }),
  })
  .meta({ title: 'Operation', description: 'An operation on a dead letter.' })

const details = z
  .object({
    ...summary.shape,
    exchange: z.string().meta({
      description: 'The exchange of the first delivery, which a replay uses too; empty if unknown.',
    }),
    stack: z.string().nullable().meta({ description: 'The stack trace of the last error.' }),
    headers: z.record(z.string(), z.unknown()).meta({ description: 'The headers of the message.' }),
    payload: z.unknown().meta({
      description:
        'The message as JSON; as base64 if it is not JSON or is nested too deeply. Secrets and email addresses are masked; in base64, only those that are plain text.',
    }),
    payloadEncoding: z.enum(['json', 'base64']).meta({ description: 'The form of `payload`.' }),
    payloadBytes: z.int().meta({ description: 'The size of the message in bytes.' }),
    payloadTruncated: z.boolean().meta({ description: 'True if `payload` is only the beginning of the message.' }),
    traceId: z.string().nullable().meta({ description: 'The trace of the message.' }),
    operations: z.array(operationView).meta({ description: 'The operations on the dead letter.' }),
  })
  .meta({
    title: 'WholeDeadLetter',
    description: 'A message that the service could not handle, with its content.',
    examples: [deadLetterDetailsExample],
  })

export const deadLetterDetailsView = ({ subject }: Language) => viewWithSubject(details, subject)

/** A dead letter with all details. Its subject has the language's name. */
export type ShownDetails = z.output<ReturnType<typeof deadLetterDetailsView>>

export const shownDetails = (
  deadLetter: DeadLetterDetails,
  operations: readonly RecordedOperation[],
  language: Language,
): ShownDetails => {
  const { redact, redactText, subject } = language
  const shown: z.output<typeof details> = {
    ...summaryOf(deadLetter, language),
    exchange: deadLetter.exchange,
    stack: deadLetter.stack === null ? null : redactText(deadLetter.stack),
    headers: redact(deadLetter.headers) as Record<string, unknown>, // redaction keeps an object an object
    ...shownPayload(deadLetter.body, language),
    traceId: deadLetter.traceId,
    operations: operations.map(({ at, ...operation }) => ({ ...operation, at: at.toISOString() })),
  }
  return nameSubject(shown, subject)
}
