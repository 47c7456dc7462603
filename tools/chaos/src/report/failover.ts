import type { Finding } from '@quadrille/audit'
import type { FailoverRecord } from '../failover.ts'

/**
 * About half of the orders wait for a delivery that the paused instance holds, so the other one gets fewer deliveries than
 * before. If it waits for locks of the paused instance, it handles almost none.
 */
const shareAtLeast = 0.25

export const checkFailover = (records: readonly FailoverRecord[]): Finding => ({
  invariant: 'failover',
  claim: 'while an instance is paused, the other one keeps at least a quarter of its earlier rate',
  checked: Object.fromEntries(
    records.map(({ service, before, during }) => [
      `% of the earlier rate by ${service}`,
      Math.round((100 * during) / Math.max(1, before)),
    ]),
  ),
  violations: records
    .filter(({ before, during }) => during < Math.max(1, shareAtLeast * before))
    .map(({ service, before, during }) => ({
      subject: service,
      detail: `the other instance handled ${during} deliveries, and ${before} in an equal time before`,
    })),
})
