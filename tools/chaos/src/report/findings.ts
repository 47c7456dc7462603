/** Findings that the auditor can't make, because it did not observe the run: settling in time, answers, and crashes. */
import type { Finding, Violation } from '@quadrille/audit'
import type { Course } from '../course.ts'
import type { BookedOrder } from '../load/order-book.ts'
import type { AnswerCounts } from '../load/retrying-client.ts'
import type { Instance } from '../world/instance.ts'

/** Requests without an answer at the end are not among the answers. */
export const checkResponses = (answers: AnswerCounts, unanswered: number): Finding => ({
  invariant: 'responses',
  claim: 'each request gets an expected response, or is rejected with Retry-After (429, 503)',
  checked: Object.fromEntries(answers),
  violations: [
    ...[...answers]
      .filter(([answer]) => !expected.has(answer) && !/ (429|503|no answer)$/.test(answer))
      .map(([answer, count]) => ({ subject: answer, detail: `${count} times` })),
    ...(unanswered > 0 ? [{ subject: 'customers', detail: `${unanswered} had no answer` }] : []),
  ],
})

/** @param withinMs from the end of the last fault, or from the placing of a later order, until the order is settled. */
export const checkSettlement = (
  { orders, healedMs }: Pick<Course, 'orders' | 'healedMs'>,
  withinMs: number,
): Finding => {
  const lastMs = orders
    .filter(({ placedAtMs }) => placedAtMs < healedMs)
    .reduce((last, { settledAtMs }) => Math.max(last, settledAtMs ?? last), healedMs)
  const late = ({ placedAtMs, settledAtMs }: BookedOrder) =>
    settledAtMs === null || settledAtMs > Math.max(placedAtMs, healedMs) + withinMs
  return {
    invariant: 'settlement',
    claim: `every accepted order is settled within ${withinMs / 1_000} s after all faults have ended`,
    checked: { orders: orders.length, seconds: Math.round((lastMs - healedMs) / 100) / 10 },
    violations: orders.filter(late).map(({ orderId, kind, settledAtMs }) => ({
      subject: orderId,
      detail: settledAtMs === null ? `is not settled (${kind})` : `was settled late (${kind})`,
    })),
  }
}

const expected = new Set([
  'PUT /stock 200',
  'POST /orders 202',
  'POST /orders with another body 422',
  'POST /orders/{id}/cancel 202',
  'POST /orders/{id}/cancel 409', // fulfilled by then
  'POST /stock/{sku}/receipts 200',
  'POST /payments/{orderId}/refund 202',
  'POST /payments/{orderId}/refund 409', // is being retried already
])

export const checkExits = (instances: readonly Instance[]): Finding => ({
  invariant: 'exits',
  claim: 'no service exits unexpectedly, and each exits with code 0 when it is stopped',
  checked: {
    starts: instances.reduce((sum, { starts }) => sum + starts, 0),
    stops: instances.reduce((sum, { stops }) => sum + stops, 0),
  },
  violations: instances.flatMap(({ name, deaths }): Violation[] =>
    deaths.map((how) => ({ subject: name, detail: how })),
  ),
})

/** The least share of orders with other possible endings that must not expire. Otherwise the run did little work. */
const notExpiredAtLeast = 0.1

/** A run without load and faults proves nothing. */
export const checkLoad = ({
  injected,
  orders,
  healedMs,
}: Pick<Course, 'injected' | 'orders' | 'healedMs'>): Finding => {
  const disturbed = orders.filter(({ placedAtMs, kind }) => placedAtMs < healedMs && kind !== 'expired')
  const inTime = disturbed.filter(({ ending }) => ending !== 'expired')
  return {
    invariant: 'load',
    claim: 'orders arrived, faults had targets, and the services worked meanwhile',
    checked: { orders: orders.length, faults: injected.length, 'disturbed orders that did not expire': inTime.length },
    violations: [
      ...(injected.length === 0 ? [{ subject: 'faults', detail: 'none had a target' }] : []),
      ...(inTime.length < Math.max(1, notExpiredAtLeast * disturbed.length)
        ? [{ subject: 'orders', detail: `${inTime.length} of ${disturbed.length} disturbed ones did not expire` }]
        : []),
    ],
  }
}
