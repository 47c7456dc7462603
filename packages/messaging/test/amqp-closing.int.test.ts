/** Connections that close while they are being prepared. */
import { isDeclareOk, proxyTo } from '@quadrille/testing'
import { expect, it, onTestFinished } from 'vitest'
import { aService, memoryStores, unique, until } from '../conformance/index.ts'
import { createConnectAttempts } from '../src/amqp/connect-attempts.ts'
import { ReconnectingConnection } from '../src/amqp/reconnecting.ts'
import { amqpBroker } from '../src/index.ts'
import { useRabbitMq } from './use-rabbitmq.ts'

const rabbit = useRabbitMq()
const backoff = { firstMs: 10, maxMs: 50, random: () => 1 }

it('a connection that is prepared while it is being closed stays closed', async () => {
  const { promise: preparing, resolve: begin } = Promise.withResolvers<void>()
  const { promise: prepared, resolve: finish } = Promise.withResolvers<void>()
  const reports: unknown[] = []
  const connection = new ReconnectingConnection({
    url: rabbit.vhost.url,
    name: 'closing',
    connectTimeoutMs: 60_000,
    backoff,
    attempts: createConnectAttempts(backoff),
    prepare: () => {
      begin()
      return prepared
    },
    onError: (error) => reports.push(error),
    onConnected: () => reports.push('connected'),
  })
  connection.start()
  await preparing
  await connection.close(async () => {
    finish()
    await new Promise(setImmediate)
    expect(connection.down()).toBe('closed')
  })
  expect(connection.down()).toBe('closed')
  expect(reports).toEqual([])
})

it('connections that close during their declarations are replaced', async () => {
  let answers = 0
  const closing = await proxyTo(rabbit.vhost.url, (frame) => {
    if (isDeclareOk(frame) && ++answers <= 4) throw new Error('closed by the test')
    return frame
  })
  onTestFinished(() => closing.close())
  const steps: string[] = []
  const broker = amqpBroker(closing.url, { onError: (_, step) => steps.push(step), reconnectMaxMs: 0 })
  onTestFinished(() => broker.close())
  const participant = broker.join(aService(unique('closing')), memoryStores())
  await until(() => participant.disconnected()).toBeNull()
  expect(steps).toEqual(Array.from({ length: 4 }, () => 'connection'))
})
