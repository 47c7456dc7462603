/** Findings that need observations of the run: answers, settlement in time, exits of services, and activity. */
import type { Finding, Violation } from '@quadrille/audit'
import type { TrackedOrder } from '../load/order-tracker.ts'
import { type AnswerCounts, isUnanswered } from '../load/retrying-client.ts'
import type { RunResult } from '../phases.ts'
import { isCalm } from '../plan.ts'
import type { Instance } from '../world/instance.ts'

/** A request without an answer is allowed: it was repeated. `stillWaiting`: the number of customers who never got an answer. */
export const checkResponses = (answers: AnswerCounts, stillWaiting: number): Finding => ({
  invariant: 'responses',
  claim: 'each request gets an expected response, or is rejected with Retry-After (429, 503)',
  checked: Object.fromEntries(answers),
  violations: [
    ...[...answers]
      .filter(([answer]) => !expected.has(answer) && !/ (429|503)( again)?$/.test(answer) && !isUnanswered(answer))
      .map(([answer, count]) => ({ subject: answer, detail: `${count} times` })),
    ...(stillWaiting > 0 ? [{ subject: 'customers', detail: `${stillWaiting} got no answer` }] : []),
  ],
})

/**
 * @param withinMs from the end of the last fault, or from the placing of a later order, until the order is settled. It starts again
 * after a stall of the machine, which pauses expiry.
 */
export const checkSettlement = (
  { orders, healedMs, stalls }: Pick<RunResult, 'orders' | 'healedMs' | 'stalls'>,
  withinMs: number,
): Finding => {
  const lastMs = orders
    .filter(({ placedAtMs }) => placedAtMs < healedMs)
    .reduce((last, { settledAtMs }) => Math.max(last, settledAtMs ?? last), healedMs)
  const late = ({ placedAtMs, settledAtMs }: TrackedOrder) => {
    const until = stalls.reduce(
      (ms, { atMs, overAtMs }) => (atMs < ms ? Math.max(ms, overAtMs + withinMs) : ms),
      Math.max(placedAtMs, healedMs) + withinMs,
    )
    return settledAtMs === null || settledAtMs > until
  }
  return {
    invariant: 'settlement',
    claim: `every accepted order is settled within ${withinMs / 1_000} s after all faults have ended`,
    checked: { orders: orders.length, 'seconds until the last one': Math.round((lastMs - healedMs) / 100) / 10 },
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
  'POST /shipments/{orderId}/dispatch 200',
  'POST /shipments/{orderId}/dispatch 404', // shipping does not know the order yet
  'POST /shipments/{orderId}/dispatch 409', // it has a hundred parcels
  'POST /payments/{orderId}/refund 202',
  'POST /payments/{orderId}/refund 409', // it is already being retried
])

export const checkExits = (instances: readonly Instance[]): Finding => ({
  invariant: 'exits',
  claim: 'no service exits unexpectedly, and each exits soon and with code 0 when it is stopped',
  checked: {
    starts: instances.reduce((sum, { starts }) => sum + starts, 0),
    stops: instances.reduce((sum, { stops }) => sum + stops, 0),
  },
  violations: instances.flatMap(({ name, unexpectedExits }): Violation[] =>
    unexpectedExits.map((exit) => ({ subject: name, detail: exit })),
  ),
})

/**
 * The minimum number of these orders that must not expire: as many as three quarters of those that were placed in minutes
 * without faults, because the effects of a fault may last for 15 s of such a minute. All others may be placed in one long outage.
 */
const notExpiredAtLeast = (disturbed: readonly TrackedOrder[]): number =>
  Math.max(1, 0.1 * disturbed.length, 0.75 * disturbed.filter(({ placedAtMs }) => isCalm(placedAtMs)).length)

/** A run without load and faults proves nothing. Orders that can only expire prove nothing either. */
export const checkLoad = ({
  injected,
  orders,
  healedMs,
}: Pick<RunResult, 'injected' | 'orders' | 'healedMs'>): Finding => {
  const disturbed = orders.filter(({ placedAtMs, kind }) => placedAtMs < healedMs && kind !== 'expired')
  const notExpired = disturbed.filter(({ ending }) => ending !== 'expired')
  return {
    invariant: 'load',
    claim: 'orders arrived, faults had targets, and the services worked meanwhile',
    checked: {
      orders: orders.length,
      faults: injected.length,
      'orders during faults that did not expire': notExpired.length,
    },
    violations: [
      ...(injected.length === 0 ? [{ subject: 'faults', detail: 'no fault had a target' }] : []),
      ...(notExpired.length < notExpiredAtLeast(disturbed)
        ? [
            {
              subject: 'orders',
              detail: `only ${notExpired.length} of ${disturbed.length} orders during faults did not expire`,
            },
          ]
        : []),
    ],
  }
}
