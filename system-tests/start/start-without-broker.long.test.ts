/** `npm start` with a RabbitMQ that is down, and with a misspelt variable. */

import { createVhost } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, test } from 'vitest'
import { main, newFolder, startIn, untilPrinted } from './started.ts'

const nowhere = '127.0.0.1:1'
const unavailable = `quadrille: RabbitMQ at ${nowhere} can't be reached (ECONNREFUSED). Events wait in the outbox. Check AMQP_URL.`

test('while the broker is down, npm start is not ready, and reports it in one line every few seconds', async () => {
  const started = startIn(newFolder(), [main], { AMQP_URL: `amqp://${nowhere}`, LOG_LEVEL: 'info' })
  await untilPrinted(started, 'Quadrille has started, but')
  expect(started.output()).not.toContain('Quadrille is ready')
  const reports = () => started.output().split(unavailable).length - 1
  await waitFor(() => expect(reports()).toBeGreaterThanOrEqual(2))
  expect(started.output()).not.toContain('    at ')
  started.child.kill('SIGTERM')
  expect(await started.exit).toBe(0)
})

test('a wrong password is reported as such', async () => {
  const wrong = new URL(inject('rabbitmqUrl'))
  wrong.password = 'wrong'
  const started = startIn(newFolder(), [main], { AMQP_URL: wrong.href })
  await untilPrinted(started, `quadrille: RabbitMQ at ${wrong.host} refuses the connection (ACCESS_REFUSED`)
  await untilPrinted(started, 'Quadrille has started, but')
  started.child.kill('SIGTERM')
  expect(await started.exit).toBe(0)
})

test('with a running RabbitMQ it is ready', async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  const started = startIn(newFolder(), [main], { AMQP_URL: vhost.url, ORDERS_PORT: '4000' })
  await untilPrinted(started, 'quadrille: ORDERS_PORT is not a known variable. Did you mean ORDER_PORT?')
  await untilPrinted(started, 'Quadrille is ready')
  started.child.kill('SIGTERM')
  expect(await started.exit).toBe(0)
  await vhost.drop()
})
