/** The original exchange of a dead letter's message, for a dry run and in SQL for a replay. */
import type { DeadLetterReason } from '../../delivery/outcome.ts'
import type { StoredDeadLetter } from './dead-letter.ts'

/**
 * The exchange of a message is checked before the message is handled. So a dead letter with one of these reasons came
 * through the right exchange, even if an earlier version did not record it.
 */
const checkedReasons: readonly string[] = ['attempts_exhausted', 'id_conflict'] satisfies DeadLetterReason[]

/** If an earlier version did not record the exchange, but had checked it, the message counts as the service's own. */
export const originalExchange = (
  { exchange, reason }: Pick<StoredDeadLetter, 'exchange' | 'reason'>,
  direct: string,
): string => (exchange === '' && checkedReasons.includes(reason) ? direct : exchange)

/** The same, by the columns of a dead letter. `direct`: SQL for the name of the direct exchange. */
export const originalExchangeSql = (direct: string): string => {
  const checked = checkedReasons.map((reason) => `'${reason}'`).join(', ')
  return `case when exchange = '' and reason in (${checked}) then ${direct} else exchange end`
}
