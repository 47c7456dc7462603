import type { Finding } from '@quadrille/audit'
import type { TwinRecord } from '../twins.ts'

/**
 * Half of the orders wait for a delivery that the stopped instance holds, so less comes to its twin than before. A twin that waits
 * for locks of the stopped instance handles next to nothing.
 */
const shareAtLeast = 0.25

export const goingOn = (records: readonly TwinRecord[]): Finding => ({
  invariant: 'going on',
  claim: 'while an instance stands still, its twin handles a quarter or more of what it handled before',
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
