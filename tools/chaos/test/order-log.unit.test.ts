import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { logLinesOf } from '../src/report/order-log.ts'

const startedAt = new Date('2026-01-01T12:00:00Z')
const at = (seconds: number) => startedAt.getTime() + seconds * 1_000

it('the log of an order has the lines of all instances in their order', () => {
  const folder = mkdtempSync(join(tmpdir(), 'order-log-'))
  mkdirSync(join(folder, 'logs'))
  const line = (fields: object) => `${JSON.stringify(fields)}\n`
  const retry = { msg: 'a message failed', queue: 'payment.tasks', type: 'Charge', attempts: 2, delayMs: 5_000 }
  writeFileSync(
    join(folder, 'logs', 'payment-1.log'),
    line({ time: at(12.34), service: 'payment', orderId: 'one', ...retry, err: { message: 'a 500' } }) +
      line({ time: at(1), service: 'payment', orderId: 'other', msg: 'not about it' }),
  )
  writeFileSync(
    join(folder, 'logs', 'order-2.log'),
    `no JSON about one\n${line({ time: at(2), service: 'order', msg: 'one' })}{"time":3,"msg":"cut, one`,
  )
  writeFileSync(join(folder, 'logs', 'timeline.json'), line({ orderId: 'one' }))
  expect(logLinesOf('one', { folder, startedAt })).toEqual([
    '    2.0 s  order: one',
    '   12.3 s  payment: a message failed, queue payment.tasks, type Charge, attempts 2, delayMs 5000, error a 500',
  ])
})
