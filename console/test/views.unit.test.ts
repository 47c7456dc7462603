import { expect, test } from 'vitest'
import { viewOf } from '../src/views.ts'

test.each([
  ['/', { view: 'orders', id: '', service: '' }],
  ['/orders/01a2', { view: 'order', id: '01a2', service: '' }],
  ['/orders/01A2', { view: 'order', id: '01a2', service: '' }],
  ['/orders/a%20b', { view: 'order', id: 'a b', service: '' }],
  ['/orders/%', { view: 'order', id: '%', service: '' }],
  ['/stuck', { view: 'stuck', id: '', service: '' }],
  ['/dead-letters', { view: 'deadLetters', id: '', service: '' }],
  ['/dead-letters/payment', { view: 'deadLetterGroup', id: '', service: 'payment' }],
  ['/dead-letters/payment/01a2', { view: 'deadLetter', id: '01a2', service: 'payment' }],
  ['/operations', { view: 'operations', id: '', service: '' }],
  ['/invariants', { view: 'invariants', id: '', service: '' }],
  ['/flow', { view: 'flow', id: '', service: '' }],
  ['/flow/payment/payment.tasks', { view: 'queue', id: 'payment.tasks', service: 'payment' }],
  ['/flow/payment', undefined],
  ['/try', { view: 'tryIt', id: '', service: '' }],
  ['/orders', undefined],
  ['/orders/', undefined],
  ['/orders/1/2', undefined],
  ['/dead-letters/payment/1/2', undefined],
  ['/nowhere', undefined],
])('%s shows %o', (pathname, view) => {
  expect(viewOf(pathname)).toEqual(view)
})
