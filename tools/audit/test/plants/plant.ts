import type { ServiceName } from '@quadrille/events'
import type { ScenarioName } from '../scenarios.ts'

/** A violation. */
export interface Plant {
  readonly invariant: string
  readonly fault: string
  /** Default: fulfilled. */
  readonly scenario?: ScenarioName
  /** $1 is the order. Constraints that would reject the violation are dropped first. */
  readonly sql: readonly (readonly [ServiceName, string])[]
  /** Default: the order. */
  readonly subject?: string
  readonly detail: RegExp
}

/** An event in the order's history. */
export const insertEvent = (type: string, details = '{}') =>
  `insert into order_event (order_id, id, event)
   values ($1, gen_random_uuid(), json_build_object('type', '${type}', 'data', '${details}'::json))`
export const deleteEvents = (type: string) =>
  `delete from order_event where order_id = $1 and event->>'type' = '${type}'`

/** Sets the trace of the order's events of a type: an id of one repeated digit, or none. */
export const retrace = (type: string, digit: string | null) => {
  const traced = digit && `00-${digit.repeat(32)}-b7ad6b7169203331-01`
  return `update order_event set event = (event::jsonb - 'traceparent' || '${JSON.stringify(traced ? { traceparent: traced } : {})}')::json
          where order_id = $1 and event->>'type' = '${type}'`
}
