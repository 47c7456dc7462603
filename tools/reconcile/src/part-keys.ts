/** Which messages of a part waited in an outbox or were sent in this run, and whether a missing one counts as not handled. */
import type { Placed } from './placed.ts'
import { hasFailed } from './places.ts'
import { isEvent } from './send-missing.ts'

export interface PartKeys {
  /** In an outbox when the first comparisons ended. The events were awaited, except in a dry run. */
  readonly unsentBefore: ReadonlySet<string>
  /** Sent in this run. */
  readonly sent: Set<string>
}

/** Whether it is a task that has gone from an outbox to its queue. An event was awaited, so it was lost there. */
export const isTaskInTransit = (missing: Placed, { unsentBefore }: PartKeys): boolean =>
  !isEvent(missing) && missing.place === undefined && unsentBefore.has(missing.key)

/**
 * Whether a message that is missing at the end was not handled. An event that was sent in this run was awaited, but a task
 * may take long. A message that reached the outbox during the run is in transit.
 */
export const isUnhandled = (missing: Placed, keys: PartKeys): boolean => {
  if (hasFailed(missing.place)) return true
  if (missing.place === 'handled') return false
  if (keys.sent.has(missing.key)) return isEvent(missing)
  return keys.unsentBefore.has(missing.key) && !isTaskInTransit(missing, keys)
}
