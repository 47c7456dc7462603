import type { Tracing } from '../../telemetry/tracing.ts'
import type { Policy } from '../policy.ts'

/** Starts a span for each recorded delivery. It ends when the delivery is settled, after any number of tries. */
export const trace =
  (tracing: Pick<Tracing, 'process'>, queue: string): Policy =>
  (next) =>
  (batch) => {
    for (const incoming of batch)
      incoming.span ??= tracing.process(incoming.decoded().message, { queue, delivery: incoming.delivery })
    return next(batch)
  }
