/** Examples for the API document, of a message that fails in its reaction. `subject` gets the language's own name. */

export const deadLetterExample = {
  id: '019aa2f5-7d10-7c42-8f7e-2b9d5a3c6e01',
  messageId: '2f7c1a60-5be2-5d1f-8f6d-0a6a3a6f5f10',
  type: 'ExampleRequested',
  subject: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77',
  queue: 'example.inbox',
  reason: 'attempts_exhausted',
  error: 'RangeError: no such shelf',
  place: 'exampleRequested (reactions/example-requested.ts)',
  attempts: 6,
  firstFailedAt: '2026-11-26T18:51:00.000Z',
  lastFailedAt: '2026-11-26T19:03:36.000Z',
  status: 'parked' as const,
}

export const groupExample = {
  reason: deadLetterExample.reason,
  type: deadLetterExample.type,
  queue: deadLetterExample.queue,
  place: deadLetterExample.place,
  count: 3,
  error: deadLetterExample.error,
  oldest: deadLetterExample.firstFailedAt,
  newest: deadLetterExample.lastFailedAt,
}

export const deadLetterDetailsExample = {
  ...deadLetterExample,
  exchange: 'example.events',
  stack: null,
  headers: {},
  payload: { type: 'ExampleRequested', data: { secret: '***' } },
  payloadEncoding: 'json' as const,
  payloadBytes: 743,
  payloadTruncated: false,
  traceId: '0af7651916cd43dd8448eb211c80319c',
  operations: [],
}
