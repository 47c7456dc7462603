/** What the auditor can't know, as it wasn't there: whether all came to rest in time, what was answered, and who died. */
import type { Finding, Violation } from '@quadrille/audit'
import type { Course } from '../course.ts'
import type { AnswerCounts } from '../load/insistent-shop.ts'
import type { BookedOrder } from '../load/order-book.ts'
import type { Instance } from '../world/instance.ts'

/** Who has not been answered when the time for that was over isn't among the answers. */
export const answering = (answers: AnswerCounts, unanswered: number): Finding => ({
  invariant: 'answering',
  claim: 'whoever asks gets what was to be expected, or is told to come again (429, 503)',
  checked: Object.fromEntries(answers),
  violations: [
    ...[...answers]
      .filter(([answer]) => !expected.has(answer) && !/ (429|503|no answer)$/.test(answer))
      .map(([answer, count]) => ({ subject: answer, detail: `${count} times` })),
    ...(unanswered > 0 ? [{ subject: 'customers', detail: `${unanswered} were never answered` }] : []),
  ],
})

/** @param withinMs from the last fault's end, or from when it was placed after that, to an order's settling. */
export const settling = ({ orders, healedMs }: Pick<Course, 'orders' | 'healedMs'>, withinMs: number): Finding => {
  const lastMs = orders
    .filter(({ placedAtMs }) => placedAtMs < healedMs)
    .reduce((last, { settledAtMs }) => Math.max(last, settledAtMs ?? last), healedMs)
  const late = ({ placedAtMs, settledAtMs }: BookedOrder) =>
    settledAtMs === null || settledAtMs > Math.max(placedAtMs, healedMs) + withinMs
  return {
    invariant: 'settling',
    claim: `every accepted order is settled within ${withinMs / 1_000} s after all is healed`,
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
  'POST /payments/{orderId}/refund 409', // just being tried again
])

export const surviving = (instances: readonly Instance[]): Finding => ({
  invariant: 'surviving',
  claim: 'no service ends by itself, and each ends with 0 when it is stopped',
  checked: {
    starts: instances.reduce((sum, { starts }) => sum + starts, 0),
    stops: instances.reduce((sum, { stops }) => sum + stops, 0),
  },
  violations: instances.flatMap(({ name, deaths }): Violation[] =>
    deaths.map((how) => ({ subject: name, detail: how })),
  ),
})

/** Of the orders that could end otherwise, as many must not have expired, or nothing much was going on. */
const notExpiredAtLeast = 0.1

/** A run in which nothing happened shows nothing. */
export const happening = ({ strikes, orders, healedMs }: Pick<Course, 'strikes' | 'orders' | 'healedMs'>): Finding => {
  const disturbed = orders.filter(({ placedAtMs, kind }) => placedAtMs < healedMs && kind !== 'expired')
  const inTime = disturbed.filter(({ ending }) => ending !== 'expired')
  return {
    invariant: 'happening',
    claim: 'orders came, faults hit, and the services did their work meanwhile',
    checked: { orders: orders.length, faults: strikes.length, 'disturbed orders that did not expire': inTime.length },
    violations: [
      ...(strikes.length === 0 ? [{ subject: 'faults', detail: 'none hit anything' }] : []),
      ...(inTime.length < Math.max(1, notExpiredAtLeast * disturbed.length)
        ? [{ subject: 'orders', detail: `${inTime.length} of ${disturbed.length} disturbed ones did not expire` }]
        : []),
    ],
  }
}
