import { expect, test } from 'vitest'
import type { ListedOrder } from '../src/page/api/types.ts'
import { concerns } from '../src/page/views/orders/concerns.ts'

const pageOf = (ids: readonly string[], nextCursor: string | null = 'next') => ({
  items: ids.map((id) => ({ id }) as ListedOrder),
  nextCursor,
})
const page = pageOf(['05', '03'])

test.each([
  ['an order on the page', '', page, '03', true],
  ['a new order', '', page, '06', true],
  ['an order that belongs between others', '', page, '04', true],
  ['an order that is too old for the page', '', page, '02', false],
  ['an old order, if the page has room', '', pageOf(['05', '03'], null), '02', true],
  ['a first order', '', pageOf([], null), '01', true],
  ['an order on a later page', 'cursor=c', page, '03', true],
  ['a new order, seen from a later page', 'cursor=c', page, '06', false],
  ['any order, with a status', 'status=paid', page, '02', true],
  ['any order before the first answer', '', undefined, '02', true],
])('%s', (_, search, shown, changed, concerned) => {
  expect(concerns(new URLSearchParams(search))([changed], shown)).toBe(concerned)
})
