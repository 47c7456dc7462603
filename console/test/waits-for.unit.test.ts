import { expect, test } from 'vitest'
import { waitsFor } from '../src/page/parts/waits-for.ts'

const order = (
  status: 'placed' | 'paid' | 'fulfilled' | 'cancelled',
  payment: string,
  inventory: string,
  settled = false,
) =>
  ({ status, settled, payment: { status: payment }, inventory: { status: inventory } }) as Parameters<
    typeof waitsFor
  >[0]

test.each([
  ['a placed order', order('placed', 'pending', 'pending'), ['payment charge']],
  ['a paid order', order('paid', 'captured', 'pending'), ['inventory reservation']],
  ['a fulfilled order', order('fulfilled', 'captured', 'reserved', true), []],
  [
    'a cancelled order that was paid',
    order('cancelled', 'captured', 'reserved'),
    ['payment refund', 'inventory release'],
  ],
  ['a declined order', order('cancelled', 'declined', 'pending'), ['inventory release']],
  ['a refused refund', order('cancelled', 'refund_failed', 'released'), ['payment refund refused']],
  ['a settled order', order('cancelled', 'voided', 'released', true), []],
  ['a capture after the end', order('cancelled', 'refund_failed', 'released', true), ['payment refund refused']],
])('%s waits for %o', (_, shown, expected) => {
  expect(waitsFor(shown).map(({ service, text }) => `${service} ${text}`)).toEqual(expected)
})
