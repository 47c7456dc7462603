/** By which exchange the message of a dead letter counts as having come. */

import type { ParkReason } from '../delivery/retry-policy.ts'
import type { StoredDeadLetter } from './table/dead-letter.ts'

/**
 * A message is held against its exchange before it is handled, so one that was parked for these reasons came by the right one,
 * also where an earlier version did not note which.
 */
export const checkedReasons: readonly string[] = ['attempts_exhausted', 'id_conflict'] satisfies ParkReason[]

/** As in a replay: a dead letter of an earlier version counts as the service's own message if it was checked. */
export const originalExchange = (
  { exchange, reason }: Pick<StoredDeadLetter, 'exchange' | 'reason'>,
  direct: string,
): string => (exchange === '' && checkedReasons.includes(reason) ? direct : exchange)
