import type { Finding } from '@quadrille/audit'
import type { TwinRecord } from '../twins.ts'

/**
 * Half of the orders wait for a delivery that the stopped instance holds, so its twin gets fewer than before. A twin
 * that waits for locks of the stopped instance handles almost none.
 */
const shareAtLeast = 0.25

export const checkFailover = (records: readonly TwinRecord[]): Finding => ({
  invariant: 'failover',
  claim: 'while an instance is paused, its twin handles at least a quarter of what it handled before',
  checked: Object.fromEntries(
    records.map(({ service, before, meanwhile }) => [
      `% by ${service}`,
      Math.round((100 * meanwhile) / Math.max(1, before)),
    ]),
  ),
  violations: records
    .filter(({ before, meanwhile }) => meanwhile < Math.max(1, shareAtLeast * before))
    .map(({ service, before, meanwhile }) => ({
      subject: service,
      detail: `its twin handled ${meanwhile} deliveries, after ${before} in an equal time before`,
    })),
})
