import { mapServices } from '@quadrille/events'
import type { Readiness } from '@quadrille/service/tools'
import { expect, test } from 'vitest'
import { unreadinessOf } from '../src/unready.ts'
import { welcome } from '../src/welcome.ts'

const readiness: Readiness = {
  status: 'degraded',
  postgres: 'ok',
  broker: 'ok',
  waitingFor: null,
  outbox: { rows: 0, max: 10 },
  held: {},
}

test.each<[string, Partial<Readiness>, string]>([
  ['Postgres', { postgres: 'ECONNREFUSED', broker: 'connecting' }, 'ECONNREFUSED'],
  ['the broker', { broker: 'connecting' }, 'connecting'],
  ['an inbox', { waitingFor: 'payment.inbox' }, 'payment.inbox'],
  [
    'messages that fail alike',
    { held: { 'order.inbox': '42P01' } },
    'all messages of order.inbox fail with the same error: 42P01',
  ],
  ['its outbox', { status: 'not_ready' }, 'its outbox is full'],
])('a service that waits for %s has that reason', (_, difference, reason) => {
  expect(unreadinessOf({ ...readiness, ...difference })?.reason).toBe(reason)
})

test('a service that is ready has no reason', () => {
  expect(unreadinessOf({ ...readiness, status: 'ready' })).toBeNull()
})

const at = 'http://127.0.0.1'
const welcomeWith = (order: Readiness['status']) => {
  const unready = unreadinessOf({ ...readiness, status: order, broker: 'connecting' })
  const urls = mapServices(() => at)
  return welcome({ urls, demo: true, unready: new Map(unready === null ? [] : [['order', unready]]) })
}

test('the text names the console if there is one', () => {
  const urls = mapServices(() => at)
  const text = (consoleUrl?: string) => welcome({ urls, consoleUrl, demo: true, unready: new Map() })
  expect(text('http://127.0.0.1:3004')).toContain('Open http://127.0.0.1:3004 in a browser')
  expect(text()).not.toContain('browser')
})

test('the text has the command of the demo, with the address if that is not the usual one', () => {
  const text = (demoUrl?: string) => welcome({ urls: mapServices(() => at), demoUrl, demo: true, unready: new Map() })
  expect(text('http://127.0.0.1:3006')).toContain('repair it: npm run demo\n')
  expect(text('http://127.0.0.1:4006')).toContain('repair it: DEMO_URL=http://127.0.0.1:4006 npm run demo\n')
  expect(text()).not.toContain('npm run demo')
})

test('the text mentions accepted orders only if the order service accepts requests', () => {
  expect(welcomeWith('ready')).toContain('Quadrille is ready.')
  expect(welcomeWith('degraded')).toContain('Orders are accepted, and processed later:')
  expect(welcomeWith('not_ready')).not.toContain('Orders are accepted')
})
