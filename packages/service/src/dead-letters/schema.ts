/** What people send and get about dead letters. */
import { primitives, redact, redactText } from '@quadrille/events'
import type { LetterFilter, ParkedLetter, RecordedOperation, WholeLetter } from '@quadrille/outbox'
import { z } from 'zod'
import { shownPayload } from './payload.ts'

export const letterParams = z.strictObject({ id: primitives.uuid })

/** Whoever asks for an operation may say who it is for the record. */
export const operatorHeaders = z.object({
  'x-operator': primitives
    .visibleText(100)
    .min(1)
    .optional()
    .describe('Who does it, for the record. Default: the caller’s address'),
})

export const operatorFields = {
  by: primitives
    .visibleText(100)
    .min(1)
    .optional()
    .describe('Who does it, for the record, where X-Operator doesn’t say'),
  note: primitives.visible(primitives.prose(1_000)).min(1).optional().describe('Why, for the record'),
}

interface Asking {
  readonly headers: { readonly 'x-operator'?: string | undefined }
  readonly body?: { readonly by?: string | undefined; readonly note?: string | undefined }
  readonly remoteAddress: string
}

/** Who does it and why, as it is recorded. */
export const operatorOf = ({ headers, body, remoteAddress }: Asking) => ({
  operator: headers['x-operator'] ?? body?.by ?? (remoteAddress || 'unknown'),
  note: body?.note ?? null,
})

const name = primitives.text(255).min(1)
const status = z.enum(['parked', 'replayed', 'discarded'])

/** Which letters are meant. Every field that is there must fit. */
export const filterFields = {
  reason: name.optional(),
  type: name.optional().describe('The type that the message says it has'),
  queue: name.optional().describe('The queue in which it failed'),
  orderId: primitives.orderId.optional(),
  place: primitives.text(1_000).min(1).optional().describe('Where in the code it failed, as the groups name it'),
  from: primitives.timestamp.optional().describe('It was parked then or later'),
  to: primitives.timestamp.optional().describe('It was parked before'),
}

export const statusField = { status: status.optional() }

interface Filter extends Omit<LetterFilter, 'from' | 'to'> {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export const readFilter = ({ from, to, ...filter }: Filter): LetterFilter => ({
  ...filter,
  from: from === undefined ? undefined : new Date(from),
  to: to === undefined ? undefined : new Date(to),
})

export const letterView = z.object({
  id: z.uuid(),
  messageId: z.string().meta({ description: 'the id that the message says it has; may be empty' }),
  type: z.string(),
  orderId: z.uuid().nullable(),
  queue: z.string(),
  reason: z.string(),
  error: z.string(),
  place: z.string().nullable().meta({ description: 'where in the code it failed' }),
  attempts: z.int(),
  firstFailedAt: z.iso.datetime(),
  lastFailedAt: z.iso.datetime(),
  status,
})

export const summaryOf = (letter: ParkedLetter): z.output<typeof letterView> => ({
  id: letter.id,
  messageId: letter.messageId,
  type: letter.type,
  orderId: letter.orderId,
  queue: letter.queue,
  reason: letter.reason,
  error: redactText(letter.error),
  place: letter.place,
  attempts: letter.attempts,
  firstFailedAt: letter.firstFailedAt.toISOString(),
  lastFailedAt: letter.lastFailedAt.toISOString(),
  status: letter.status,
})

export const wholeLetterView = z.object({
  ...letterView.shape,
  exchange: z
    .string()
    .meta({ description: 'by which it first came, and a replay is held against; empty where not known' }),
  stack: z.string().nullable(),
  headers: z.record(z.string(), z.unknown()),
  payload: z.unknown().meta({
    description:
      'JSON, or base64 where the message is not JSON or is nested too deeply; payment methods and addresses are masked',
  }),
  payloadEncoding: z.enum(['json', 'base64']),
  payloadBytes: z.int(),
  payloadTruncated: z.boolean(),
  traceId: z.string().nullable(),
  operations: z.array(
    z.object({
      operation: z.enum(['replay', 'edit', 'discard', 'unsendable']).meta({
        description: 'edit: by an earlier version; unsendable: the replay could not be sent, and was parked again',
      }),
      operator: z.string(),
      note: z.string().nullable(),
      at: z.iso.datetime(),
    }),
  ),
})

export const wholeLetterOf = (
  letter: WholeLetter,
  operations: readonly RecordedOperation[],
): z.output<typeof wholeLetterView> => ({
  ...summaryOf(letter),
  exchange: letter.exchange,
  stack: letter.stack === null ? null : redactText(letter.stack),
  headers: redact(letter.headers) as Record<string, unknown>,
  ...shownPayload(letter.body),
  traceId: letter.traceId,
  operations: operations.map(({ at, ...operation }) => ({ ...operation, at: at.toISOString() })),
})

/** What a dry run says about one message. */
export const trialView = z.object({
  outcome: z.enum(['applied', 'duplicate', 'ignored', 'failed', 'not_tried']),
  detail: z.string().optional(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  events: z.array(z.unknown()).readonly().optional(),
  tasks: z.array(z.unknown()).readonly().optional(),
})
