/** A queue full of the largest messages, from a faulty or hostile service, does not crash a service with 512 MiB of memory. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { encode, newOrderId } from '@quadrille/events'
import { contentType, maxBodyBytes } from '@quadrille/messages'
import { aMessage, startServiceProcess } from '@quadrille/shop-testing'
import { createTestDatabase, createVhost } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { connect } from 'amqplib'
import { expect, inject, onTestFinished, test } from 'vitest'

const mebibyte = 2 ** 20
/** The limit of a service in docker-compose.yml. */
const containerBytes = 512 * mebibyte
/** The heap limit of Node in a container of that size, MiB. */
const heapMiB = 259
const messages = 600

/** The resident memory of a process, bytes. */
const residentBytes = async (pid: number): Promise<number> => {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return 1_024 * Number(stdout)
}

/** A valid event that is padded to the maximum size with small values. */
const aLargeEvent = (): Buffer => {
  const message = aMessage('NotificationSent', { orderId: newOrderId(), channel: 'email', occasion: 'order_placed' })
  const text = Buffer.from(encode(message)).toString()
  const padding = '[],'.repeat((maxBodyBytes - text.length - 50) / 3)
  return Buffer.from(text.replace(/^{/, `{"padding":[${padding}[]],`))
}

test('a service handles a queue full of the largest messages within 512 MiB', async () => {
  const [database, vhost] = await Promise.all([
    createTestDatabase(inject('postgresUrl')),
    createVhost(inject('rabbitmqUrl')),
  ])
  onTestFinished(async () => void (await Promise.all([database.drop(), vhost.drop()])))
  const env = {
    DATABASE_URL: database.url,
    AMQP_URL: vhost.url,
    NODE_OPTIONS: `--max-old-space-size=${heapMiB}`,
  }
  const connection = await connect(vhost.url)
  onTestFinished(() => connection.close())
  const channel = await connection.createConfirmChannel()
  const waiting = async () => (await channel.checkQueue('order.inbox')).messageCount

  const first = await startServiceProcess('order', env)
  const readiness = async () => (await fetch(`${first.url}/health/ready`)).json()
  await waitFor(async () => expect(await readiness()).toMatchObject({ broker: 'ok' }))
  await first.end()
  for (let sent = 0; sent < messages; sent += 1) {
    const body = sent % 2 === 0 ? Buffer.alloc(maxBodyBytes, '[') : aLargeEvent()
    channel.publish('notification.events', '', body, { contentType, deliveryMode: 2, messageId: `m${sent}` })
  }
  await channel.waitForConfirms()
  expect(await waiting()).toBe(messages)

  const service = await startServiceProcess('order', env)
  let peak = 0
  await waitFor(
    async () => {
      peak = Math.max(peak, await residentBytes(service.pid))
      expect(await waiting()).toBe(0)
    },
    { timeout: 120_000 },
  )
  expect(await service.end()).toBe(0)
  console.log(`at most ${Math.round(peak / mebibyte)} MiB`)
  expect(peak).toBeLessThan(containerBytes)
})
