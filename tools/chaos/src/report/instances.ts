import type { Finding, Violation } from '@quadrille/audit'
import type { CalmLoad, InstanceRecord } from '../calm-load.ts'

/**
 * Each instance must work again after all faults. The other checks can't see this, because the other instance of a
 * service takes over the work, and clients repeat a request without an answer.
 */
export const checkInstances = ({ instances, answerCounts }: Pick<CalmLoad, 'instances' | 'answerCounts'>): Finding => ({
  invariant: 'instances',
  claim: 'after all faults each instance is ready, handles deliveries, and answers each request',
  checked: {
    instances: instances.length,
    'fewest deliveries of an instance': Math.min(...instances.map(handledBy)),
  },
  violations: [
    ...instances.flatMap(violationsOf),
    ...[...answerCounts]
      .filter(([answer]) => answer.endsWith(' no answer'))
      .map(([answer, count]) => ({ subject: answer, detail: `${count} times after all faults` })),
  ],
})

const handledBy = ({ before, after }: InstanceRecord): number => (after ?? 0) - (before ?? 0)

const violationsOf = (record: InstanceRecord): Violation[] => {
  const { name, ready, before, after } = record
  const details = [
    ...(ready ? [] : ['is not ready']),
    ...(before === null || after === null ? ['does not serve its metrics'] : []),
    ...(before !== null && after !== null && handledBy(record) < 1 ? ['handles no deliveries from its inbox'] : []),
  ]
  return details.map((detail) => ({ subject: name, detail: `${detail} after all faults` }))
}
