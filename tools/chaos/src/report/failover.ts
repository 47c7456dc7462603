import type { Finding } from '@quadrille/audit'
import type { FailoverRecord } from '../failover.ts'

/**
 * About half of the orders wait for a delivery that the paused instance holds, so the other one gets fewer deliveries than
 * before. If it waits for locks of the paused instance, it handles almost none.
 */
const shareAtLeast = 0.25

export const checkFailover = (records: readonly FailoverRecord[]): Finding => ({
  invariant: 'failover',
  claim:
    'while an instance is paused, the other one answers requests, and keeps at least a quarter of its earlier rate',
  checked: Object.fromEntries(
    records.map(({ service, before, during }) => [
      `% of the earlier rate by ${service}`,
      Math.round((100 * (during ?? 0)) / Math.max(1, before ?? 0)),
    ]),
  ),
  violations: records.flatMap((record) =>
    detailsOf(record).map((detail) => ({ subject: record.service, detail: `the other instance ${detail}` })),
  ),
})

const detailsOf = ({ before, during, unanswered }: FailoverRecord): string[] => [
  ...(before === null || during === null ? ['does not serve its metrics'] : []),
  ...(before !== null && during !== null && during < Math.max(1, shareAtLeast * before)
    ? [`handled ${during} deliveries, and ${before} in an equal time before`]
    : []),
  ...(unanswered > 0 ? [`did not answer ${unanswered} ${unanswered === 1 ? 'request' : 'requests'}`] : []),
]
