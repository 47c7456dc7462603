/** A connection that becomes ready while it is being closed. */
import { expect, it } from 'vitest'
import { createConnectAttempts } from '../src/amqp/connect-attempts.ts'
import { ReconnectingConnection } from '../src/amqp/reconnecting.ts'
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
