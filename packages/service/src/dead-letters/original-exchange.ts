/** The exchange that a dead letter's message counts as having come through. */

import type { ParkReason } from '../delivery/retry-policy.ts'
import type { StoredDeadLetter } from './table/dead-letter.ts'

/**
 * The exchange of a message is checked before the message is handled. So a dead letter with one of these reasons came
 * through the right exchange, even if an earlier version did not record it.
 */
export const checkedReasons: readonly string[] = ['attempts_exhausted', 'id_conflict'] satisfies ParkReason[]

/** As in a replay: a dead letter of an earlier version counts as the service's own message if it was checked. */
export const originalExchange = (
  { exchange, reason }: Pick<StoredDeadLetter, 'exchange' | 'reason'>,
  direct: string,
): string => (exchange === '' && checkedReasons.includes(reason) ? direct : exchange)
