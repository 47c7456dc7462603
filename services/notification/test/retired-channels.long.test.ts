/**
 * RabbitMQ as an earlier version has left it: with queues of channels that are not configured, and messages in them.
 */

import { choreography, encode, newOrderId } from '@quadrille/events'
import { amqpBroker, RetiredQueueKept, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { openDatabase } from '@quadrille/postgres'
import { migrateAll, startService } from '@quadrille/service'
import { aMessage, anOrder } from '@quadrille/shop-testing'
import { createTestDatabase, createVhost } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { connect } from 'amqplib'
import { pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import { notification } from '../src/service.ts'

const openAll = async () => {
  const [vhost, test] = await Promise.all([
    createVhost(inject('rabbitmqUrl')),
    createTestDatabase(inject('postgresUrl')),
  ])
  await migrateAll(test.url, notification)
  const database = openDatabase({ url: test.url, applicationName: 'test', onIdleError: () => undefined })
  const connection = await connect(vhost.url)
  onTestFinished(async () => {
    await connection.close()
    await database.end()
    await Promise.all([test.drop(), vhost.drop()])
  })
  return { url: vhost.url, databaseUrl: test.url, database, connection }
}

it('the messages of these channels are kept and reported, and the queues are deleted once they are empty', async () => {
  const { url, databaseUrl, database, connection } = await openAll()
  const channel = await connection.createConfirmChannel()

  const before = amqpBroker(url, { onError: () => undefined })
  const declared = before.join(topologyOf(choreography.notification, choreography), memoryStores())
  await waitFor(() => expect(declared.disconnected()).toBeNull())
  await before.close()
  const { orderId, customer, currency, total } = anOrder(newOrderId())
  await database.query(
    `insert into addressee (order_id, customer_id, email, currency, total, occasions)
     values ($1, $2, $3, $4, $5, '{order_placed}')`,
    [orderId, customer.id, customer.email, currency, total],
  )
  await database.query(
    `insert into notification (order_id, channel, occasion, status, attempts)
     values ($1, 'email', 'order_placed', 'pending', 0)`,
    [orderId],
  )
  const task = aMessage('Notify', { orderId, occasion: 'order_placed', customer, currency, total })
  channel.publish('notification.channels', '', Buffer.from(encode(task)), { messageId: task.id, type: task.type })
  await channel.waitForConfirms()

  const kept: string[] = []
  const start = async () => {
    const onError = (error: unknown) => void (error instanceof RetiredQueueKept && kept.push(error.message))
    const broker = amqpBroker(url, { onError })
    const env = { DATABASE_URL: databaseUrl, PORT: '0' }
    const service = await startService(notification, { broker, env, log: pino({ level: 'silent' }) })
    return async () => {
      await service.stop()
      await broker.close()
    }
  }
  const stop = await start()
  await waitFor(async () =>
    expect(await database.query('select channel, status from notification')).toEqual([
      { channel: 'email', status: 'sent' },
    ]),
  )
  const because = 'is no longer configured, but is kept: it holds messages'
  await waitFor(() =>
    expect(kept).toEqual([
      expect.stringContaining(`notification.webhook ${because}`),
      expect.stringContaining(`notification.web ${because}`),
    ]),
  )
  await stop()
  for (const queue of ['notification.webhook', 'notification.web'])
    expect(await channel.purgeQueue(queue)).toEqual({ messageCount: 1 })

  const stopAgain = await start()
  onTestFinished(stopAgain)
  const gone = async (queue: string) => {
    const asking = await connection.createChannel()
    asking.on('error', () => undefined)
    await expect(asking.checkQueue(queue)).rejects.toThrow('NOT_FOUND')
  }
  await waitFor(() => gone('notification.webhook'))
  await waitFor(() => gone('notification.web'))
  expect(kept).toHaveLength(2)
})
