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
    'further rejections of them': countOf(answerCounts, rejectedAgain),
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
  ...[...counts.keys()].filter((answer) => / 429( again)?$/.test(answer) || isUnanswered(answer)),
  ...(countOf(counts, rejectedAgain) > againAtMost * countOf(counts, 'POST /orders 202') ? [rejectedAgain] : []),
]

const rejectedAgain = 'POST /orders 503 again'

/**
 * The share of further rejections to accepted orders. All orders may be rejected once, if the machine stalls. One may be rejected
 * again while another instance stores it for the same key. An instance that rejects every order gets half of the requests, and half
 * of their repetitions: its further rejections are about half as many as the accepted orders.
 */
const againAtMost = 0.25

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
