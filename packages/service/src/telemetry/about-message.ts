import type { Language } from '@quadrille/messages'
import type { WireMessage } from '@quadrille/messaging'
import { traceIdOf } from './trace-id.ts'

/** The fields that every log line about a message has: its queue, its id, its subject and its trace. */
export const aboutMessage = (
  { queue, message }: { readonly queue: string; readonly message: WireMessage },
  { subject }: Pick<Language, 'subject'>,
): Readonly<Record<string, unknown>> => ({
  queue,
  type: message.type,
  messageId: message.id,
  [subject.field]: message.correlationId,
  trace_id: traceIdOf(message) ?? undefined,
})
