import { expect, test } from 'vitest'
import { viewOf } from '../src/views.ts'

test.each([
  ['/', { view: 'orders', id: '' }],
  ['/orders/01a2', { view: 'order', id: '01a2' }],
  ['/orders/01A2', { view: 'order', id: '01a2' }],
  ['/orders/a%20b', { view: 'order', id: 'a b' }],
  ['/orders/%', { view: 'order', id: '%' }],
  ['/orders', undefined],
  ['/orders/', undefined],
  ['/orders/1/2', undefined],
  ['/nowhere', undefined],
])('%s shows %o', (pathname, view) => {
  expect(viewOf(pathname)).toEqual(view)
})
