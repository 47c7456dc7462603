/** `npm start` with a log for machines. */

import { createVhost, proxyTo } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'
import { main, newFolder, startIn, untilPrinted } from './started.ts'

test('with LOG_FORMAT=json each line of standard output is JSON, also about an outage of RabbitMQ and its end', async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(vhost.drop)
  const proxy = await proxyTo(vhost.url)
  onTestFinished(proxy.close)
  const env = { AMQP_URL: proxy.url, SEED: 'none' }
  const started = startIn(newFolder(), [main], { ...env, LOG_FORMAT: 'json' })
  await untilPrinted(started, 'Quadrille is ready.')
  const messages = () => linesOf(started.stdout()).map((line): string => JSON.parse(line).msg)
  proxy.refuse()
  await waitFor(() => expect(messages().join('\n')).toMatch(/RabbitMQ at \S+ can't be reached/))
  proxy.accept()
  const back = `Connected to RabbitMQ at 127.0.0.1:${proxy.port} again.`
  await waitFor(() => expect(messages()).toContain(back))
  started.child.kill('SIGTERM')
  expect(await started.exit).toBe(0)
  expect(started.output()).toContain('quadrille: stopped')
  expect(messages()).toContain(back) // all lines until the end are JSON
})

/** The complete lines. */
const linesOf = (text: string): string[] => text.split('\n').slice(0, -1)
