import type { Finding, Violation } from '@quadrille/audit'
import type { CalmLoad, InstanceRecord } from '../calm-load.ts'
import { type AnswerCounts, isUnanswered } from '../load/retrying-client.ts'

/**
 * Each instance must work again after all faults. The other checks can't see this, because the other instance of a
 * service takes over the work, and clients repeat a request without an answer.
 */
export const checkInstances = ({ instances, answerCounts }: Pick<CalmLoad, 'instances' | 'answerCounts'>): Finding => ({
  invariant: 'instances',
  claim: 'after all faults each instance is ready, handles deliveries, answers requests, and accepts orders',
  checked: {
    instances: instances.length,
    'fewest deliveries of an instance': Math.min(...instances.map(handledBy)),
    'rejected orders': countOf(answerCounts, 'POST /orders 503'),
  },
  violations: [
    ...instances.flatMap(violationsOf),
    ...unexpectedAnswers(answerCounts).map((answer) => ({
      subject: answer,
      detail: `${countOf(answerCounts, answer)} times after all faults`,
    })),
  ],
})

/** This load is far below the limit of concurrent requests, so no instance may answer with 429. */
const unexpectedAnswers = (counts: AnswerCounts): string[] => [
  ...[...counts.keys()].filter((answer) => answer.endsWith(' 429') || isUnanswered(answer)),
  ...(countOf(counts, 'POST /orders 503') > rejectedAtMost * countOf(counts, 'POST /orders 202')
    ? ['POST /orders 503']
    : []),
]

/**
 * The share of rejected orders to accepted ones. An order may be rejected while another instance stores it for the same key. An
 * instance that rejects every order gets half of the requests, and half of their repetitions: it rejects about as many as are
 * accepted.
 */
const rejectedAtMost = 0.5

const countOf = (counts: AnswerCounts, answer: string): number => counts.get(answer) ?? 0

const handledBy = ({ before, after }: InstanceRecord): number => (after ?? 0) - (before ?? 0)

const violationsOf = (record: InstanceRecord): Violation[] => {
  const { name, ready, before, after, answers } = record
  const details = [
    ...(ready ? [] : ['is not ready']),
    ...(answers ? [] : ['does not answer requests']),
    ...(before === null || after === null ? ['does not serve its metrics'] : []),
    ...(before !== null && after !== null && handledBy(record) < 1 ? ['handles no deliveries from its inbox'] : []),
  ]
  return details.map((detail) => ({ subject: name, detail: `${detail} after all faults` }))
}
