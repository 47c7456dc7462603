/** By which exchange the message of a dead letter counts as having come. */

import type { ParkReason } from '../delivery/retry-policy.ts'
import type { ParkedLetter } from './table/letter.ts'

/**
 * A message is held against its exchange before it is handled, so one that was parked for these reasons came by the right one,
 * also where an earlier version did not note which.
 */
export const checkedReasons: readonly string[] = ['attempts_exhausted', 'id_conflict'] satisfies ParkReason[]

/** As in a replay: a letter of an earlier version counts as the service's own message if it was checked. */
export const originalExchange = (
  { exchange, reason }: Pick<ParkedLetter, 'exchange' | 'reason'>,
  direct: string,
): string => (exchange === '' && checkedReasons.includes(reason) ? direct : exchange)
