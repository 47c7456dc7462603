import type { Language } from '@quadrille/messages'
import type { WireMessage } from '@quadrille/messaging'
import { traceIdOf } from './trace-id.ts'

/** The fields of the log lines about a received message. */
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
