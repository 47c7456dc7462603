/** The spans of published messages: one for each message, and one for each run of the relay. */
import { toError } from '@quadrille/async'
import type { Publisher } from '@quadrille/messaging'
import type { RelayOptions } from '@quadrille/outbox'
import { endSpan, type Tracing } from './tracing.ts'

/** Adds a span to each message, until its confirm. */
export const tracedPublisher = (publisher: Publisher, tracing: Tracing): Publisher => ({
  outboxAsQueue: publisher.outboxAsQueue,
  publish: (to, message, options) => {
    const span = tracing.send(to, message)
    const published = publisher.publish(to, message, options)
    if (span)
      published.then(
        () => endSpan(span),
        (error) => endSpan(span, toError(error)),
      )
    return published
  },
  waitingFor: () => publisher.waitingFor(),
})

export const traceSending =
  (tracing: Tracing): NonNullable<RelayOptions['onSend']> =>
  (rows, by) => {
    const span = by === 'handoff' ? tracing.relay(rows.length) : tracing.sweep(rows)
    return () => span?.end()
  }
