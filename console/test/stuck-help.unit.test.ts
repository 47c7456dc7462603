import { expect, test } from 'vitest'
import type { Diagnosis, ListedOrder } from '../src/page/api/types.ts'
import { helpFor } from '../src/page/views/stuck/help.ts'

const diagnosis = (where: Partial<Diagnosis['where']>, owedBy: Diagnosis['owedBy'] = 'payment'): Diagnosis => ({
  ...{ missing: ['PaymentRefunded'], owedBy, since: null, remedy: null },
  where: {
    ...{ service: 'payment', place: 'task', messageId: null, type: null, queue: null },
    ...{ attempts: null, error: null, since: null, at: null, deadLetterId: null },
    ...where,
  },
})

const order = (status: ListedOrder['payment']['status']): Pick<ListedOrder, 'payment'> => ({ payment: { status } })

test('a dead letter is opened at the service that has it', () => {
  const parked = diagnosis({ place: 'dead_letter', service: 'inventory', deadLetterId: 'a letter' })
  expect(helpFor(order('captured'), parked)).toEqual({ kind: 'dead_letter', service: 'inventory', id: 'a letter' })
})

test('a refused refund is retried or recorded; stock that waits beside it is not', () => {
  expect(helpFor(order('refund_failed'), diagnosis({}))).toEqual({ kind: 'refund' })
  expect(helpFor(order('refund_failed'), diagnosis({ place: 'unknown' }))).toEqual({ kind: 'refund' })
  expect(helpFor(order('refund_failed'), diagnosis({}, 'inventory')).kind).toBe('none')
})

test.each([
  [{ place: 'retry', at: '2026-11-28T12:00:00.000Z' }, /tried again automatically at .*2026/],
  [{ place: 'unknown' }, /Start the payment service if it is down/],
  [{ place: 'queue' }, /Check that it runs.+ is lost: run npm run reconcile/],
  [{ place: 'outbox' }, /as soon as the broker accepts it/],
  [{ place: 'task', type: 'Refund' }, /tries it again automatically/],
] as const)('for %o no button helps, and the reason is said', (where, why) => {
  expect(helpFor(order('refunding'), diagnosis(where))).toEqual({ kind: 'none', why: expect.stringMatching(why) })
})
