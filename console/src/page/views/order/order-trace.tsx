/** The trace of an order: a link if the console knows where traces are shown, and the command that prints its events. */
import type { Event } from '../../api/types.ts'
import { TraceLink } from '../../parts/trace-link.tsx'
import { traceOf } from './trace-of.ts'

interface OrderTraceProps {
  readonly orderId: string
  readonly events: readonly Event[]
}

export const OrderTrace = ({ orderId, events }: OrderTraceProps) => {
  const trace = traceOf(events)
  return (
    <p class="faint trace">
      {trace && (
        <>
          Trace <TraceLink traceId={trace.id} />
          {trace.isSampled ? '.' : ', of which only failures and delays are recorded.'}{' '}
        </>
      )}
      Print the trace in a terminal: <code>npm run trace -- {orderId}</code>
    </p>
  )
}
