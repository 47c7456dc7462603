/** RabbitMQ does not answer. */
import { createVhost, type TcpProxy, tcpProxy, type Vhost } from '@quadrille/testing'
import type { ChannelModel } from 'amqplib'
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest'
import { until } from '../conformance/index.ts'
import { createConnectAttempts } from '../src/amqp/connect-attempts.ts'
import { type Fail, ReconnectingConnection, type ReconnectingOptions } from '../src/amqp/reconnecting.ts'

let vhost: Vhost
let proxy: TcpProxy

beforeAll(async () => {
  vhost = await createVhost(inject('rabbitmqUrl'))
  proxy = await tcpProxy(Number(new URL(vhost.url).port))
})

afterAll(async () => {
  await proxy.close()
  await vhost.drop()
})

/** A connection through the proxy, without heartbeats. */
const connectSilently = async (prepare: ReconnectingOptions['prepare']): Promise<void> => {
  const url = new URL(vhost.url)
  url.port = String(proxy.port)
  url.searchParams.set('heartbeat', '0')
  const backoff = { firstMs: 10, maxMs: 50, random: () => 1 }
  const reconnecting = new ReconnectingConnection({
    url: url.href,
    name: 'unanswered',
    connectTimeoutMs: 60_000,
    backoff,
    attempts: createConnectAttempts(backoff),
    prepare,
    onError: () => undefined,
    onConnected: () => undefined,
  })
  onTestFinished(() => {
    proxy.release()
    return reconnecting.close()
  })
  reconnecting.start()
  await until(() => reconnecting.down()).toBeNull()
}

it('a connection whose close is not answered ends here, with its open calls', async () => {
  const opened: { readonly connection: ChannelModel; readonly fail: Fail }[] = []
  await connectSilently(async (connection, fail) => void opened.push({ connection, fail }))
  const [{ connection, fail } = expect.fail('it is connected')] = opened
  const channel = await connection.createChannel()
  const ended: string[] = []
  connection.on('close', () => ended.push('connection'))
  proxy.hold('to the server')
  channel.checkQueue('any').catch(() => ended.push('call'))
  fail(new Error('failed by the test'))
  await until(() => ended.toSorted()).toEqual(['call', 'connection'])
  proxy.release()
  await until(() => opened.length).toBe(2)
})
