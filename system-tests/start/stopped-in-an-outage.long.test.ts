/** `npm start` that is stopped while its servers do not answer. */
import { startEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { createVhost, proxyTo } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { main, newFolder, startIn, untilPrinted } from './started.ts'

const proxied = async (url: string) => {
  const proxy = await proxyTo(url)
  onTestFinished(() => proxy.close())
  return proxy
}

/** A Postgres of its own, because the databases of `npm start` have fixed names. */
const proxiedPostgres = async () => {
  const postgres = await startEmbeddedPostgres({ directory: newFolder(), log: () => undefined })
  onTestFinished(() => postgres.stop())
  return proxied(postgres.url)
}

const proxiedRabbitMq = async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  return proxied(vhost.url)
}

test.each(['the in-process broker', 'RabbitMQ'])('over %s, it exits with 0 in time', async (broker) => {
  const servers = [await proxiedPostgres(), ...(broker === 'RabbitMQ' ? [await proxiedRabbitMq()] : [])]
  const [DATABASE_URL = '', AMQP_URL = ''] = servers.map(({ url }) => url)
  const started = startIn(newFolder(), [main], { DATABASE_URL, AMQP_URL })
  await untilPrinted(started, 'Quadrille is ready.')
  for (const server of servers) server.hold('to the server')
  started.child.kill('SIGTERM')
  expect(await started.exit, started.output()).toBe(0) // it would be 1 after 10 s
  expect(started.output()).toContain('quadrille: stopped\n')
})
