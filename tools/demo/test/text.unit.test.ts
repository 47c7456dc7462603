import type { DemoView } from '@quadrille/console/demo'
import { expect, test } from 'vitest'
import { describeOutcome, describeShop } from '../src/text.ts'

const urls = { order: 'http://127.0.0.1:3000', console: 'http://127.0.0.1:3004' }
const action = { title: '', effect: 'It stops.', available: true, repairedBy: null }

const view: DemoView = {
  urls,
  actions: [
    { ...action, id: 'order-fulfilled', group: 'order', effect: 'It is fulfilled.' },
    { ...action, id: 'stop-payment', group: 'break', available: false },
    { ...action, id: 'start-payment', group: 'repair', effect: 'It starts.' },
  ],
  broken: [{ text: 'Payment is stopped.', repair: 'start-payment', lookAt: { title: 'See', path: '/' } }],
}

test('what is broken comes first, and only what would change something is listed', () => {
  const text = describeShop(view)
  expect(text).toMatch(/^Broken on purpose: Payment is stopped\. Repair it: npm run demo -- start-payment\n/)
  expect(text).toContain('  order-fulfilled       It is fulfilled.')
  expect(text).toContain('Repair it: npm run demo -- ACTION\n\n  start-payment         It starts.')
  expect(text).not.toContain('stop-payment  ')
  expect(text).toContain('Watch the orders in a browser: http://127.0.0.1:3004')
})

test('an outcome has the address of what to look at, if there is a console', () => {
  const outcome = { text: 'It was placed.', orderIds: [], lookAt: { title: 'Watch it', path: '/orders/1' } }
  expect(describeOutcome(outcome, urls)).toBe('It was placed.\nWatch it: http://127.0.0.1:3004/orders/1')
  expect(describeOutcome(outcome, { ...urls, console: null })).toBe('It was placed.')
})
