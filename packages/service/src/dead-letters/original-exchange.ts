/** The original exchange of a dead letter's message. */

import type { DeadLetterReason } from '../delivery/outcome.ts'
import type { StoredDeadLetter } from './table/dead-letter.ts'

/**
 * The exchange of a message is checked before the message is handled. So a dead letter with one of these reasons came
 * through the right exchange, even if an earlier version did not record it.
 */
export const checkedReasons: readonly string[] = ['attempts_exhausted', 'id_conflict'] satisfies DeadLetterReason[]

/**
 * The same as in a replay: if an earlier version did not record the exchange, but had checked it, the message counts as the
 * service's own.
 */
export const originalExchange = (
  { exchange, reason }: Pick<StoredDeadLetter, 'exchange' | 'reason'>,
  direct: string,
): string => (exchange === '' && checkedReasons.includes(reason) ? direct : exchange)
