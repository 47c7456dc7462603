/** The figures of all services together. */
import type { QueueReport } from '../../api/types.ts'
import type { Figure } from './queue-history.ts'
import { isCapped, shownCount } from './queue-name.ts'

/** The figures that are sums over queues. */
export type Summand = Exclude<Figure, 'lagMs'>

/**
 * The sum of what is known, as text. "12+" if there may be more: a service or a figure is not known, or a service has counted only up to
 * its limit.
 *
 * @param reports of all services. Undefined for one that does not answer.
 */
export const shownSum = (reports: readonly (QueueReport | undefined)[], figure: Summand): string => {
  const counts = reports.flatMap((report) => (report ? countsOf(report, figure) : null))
  const known = counts.filter((count) => count !== null)
  if (known.length === 0) return shownCount(null)
  const isPartial = known.length < counts.length || (figure !== 'waiting' && known.some(isCapped))
  return `${shownCount(known.reduce((sum, count) => sum + count, 0))}${isPartial ? '+' : ''}`
}

const countsOf = ({ queues, otherDeadLetters }: QueueReport, figure: Summand): readonly (number | null)[] => [
  ...queues.map(({ [figure]: count }) => count),
  ...(figure === 'deadLetters' ? [otherDeadLetters] : []),
]
