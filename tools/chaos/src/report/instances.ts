import type { Finding, Violation } from '@quadrille/audit'
import type { CalmLoad, InstanceRecord } from '../calm-load.ts'
import { type AnswerCounts, isUnanswered } from '../load/retrying-client.ts'
import type { RunResult } from '../phases.ts'

interface Observed extends Pick<RunResult, 'healedMs' | 'stalls'> {
  readonly calm: Pick<CalmLoad, 'instances' | 'answerCounts'>
}

/**
 * Each instance must work again after all faults. The other checks can't see this, because the other instance of a
 * service takes over the work, and clients repeat a request without an answer.
 */
export const checkInstances = ({ calm: { instances, answerCounts }, healedMs, stalls }: Observed): Finding => ({
  invariant: 'instances',
  claim: 'after all faults each instance is ready, handles deliveries, answers requests, and accepts orders',
  checked: {
    instances: instances.length,
    'fewest deliveries of an instance': Math.min(...instances.map(handledBy)),
    'rejected orders': countOf(answerCounts, rejected),
    'further rejections of them': countOf(answerCounts, rejectedAgain),
  },
  violations: [
    ...instances.flatMap(violationsOf),
    ...[
      ...unexpectedAnswers(answerCounts),
      ...(stalls.some(({ overAtMs }) => overAtMs > healedMs) ? [] : rejectedWithoutStall(answerCounts)),
    ].map((answer) => ({
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

/** Without a stall of the machine. */
const rejectedWithoutStall = (counts: AnswerCounts): string[] =>
  countOf(counts, rejected) + countOf(counts, rejectedAgain) > rejectedAtMost * countOf(counts, 'POST /orders 202')
    ? [rejected]
    : []

const rejected = 'POST /orders 503'
const rejectedAgain = 'POST /orders 503 again'

/**
 * The share of rejections to accepted orders. An order may be rejected while another instance stores it for the same key. An instance
 * that rejects every order gets half of the requests, and half of their repetitions: it rejects about as many as are accepted.
 */
const rejectedAtMost = 0.5

/** The share of further rejections, of which such an instance has half as many. If the machine stalls, all orders may be rejected once. */
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
