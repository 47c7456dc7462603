/** The spans of published messages: one for each message, and one for each run of the relay. */
import { toError } from '@quadrille/async'
import type { Publisher } from '@quadrille/messaging'
import type { RelayOptions } from '@quadrille/outbox'
import { endSpan, type Tracing } from './tracing.ts'

/** Adds a span to each message, until its confirm. */
export const tracedPublisher = (publisher: Publisher, tracing: Tracing): Publisher => ({
  outboxAsQueue: publisher.outboxAsQueue,
  publish: async (to, message, history) => {
    const span = tracing.send(to, message)
    try {
      await publisher.publish(to, message, history)
      endSpan(span)
    } catch (error) {
      endSpan(span, toError(error))
      throw error
    }
  },
  waitingFor: () => publisher.waitingFor(),
})

export const traceSending =
  (tracing: Tracing): NonNullable<RelayOptions['onSend']> =>
  (rows, by) => {
    const span = by === 'relay' ? tracing.relay(rows.length) : tracing.sweep(rows)
    return () => span?.end()
  }
