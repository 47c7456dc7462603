import { choreography } from '@quadrille/events'
import { amqpBroker, topologyOf, unrouted } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { createVhost } from '@quadrille/testing'
import { connect } from 'amqplib'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { queueDepths } from '../src/index.ts'

const openVhost = async (): Promise<string> => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  return vhost.url
}

test('every queue of the choreography is looked at, and what lies in one is seen', async () => {
  const url = await openVhost()
  const errors: unknown[] = []
  const broker = amqpBroker(url, { onError: (error) => errors.push(error) })
  onTestFinished(() => broker.close())
  for (const model of Object.values(choreography)) broker.join(topologyOf(model), memoryStores())
  const left = async () => [...(await queueDepths(url))].filter(([, { messages }]) => messages > 0)
  await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: 20_000 })
  expect([...(await queueDepths(url)).keys()]).toEqual(
    expect.arrayContaining([
      'order.inbox',
      'payment.tasks',
      'notification.email.retry.30s',
      'inventory.dead',
      unrouted,
    ]),
  )

  const connection = await connect(url)
  const channel = await connection.createConfirmChannel()
  channel.publish(unrouted, '', Buffer.from('lost'))
  await channel.waitForConfirms()
  await connection.close()
  await vi.waitFor(async () => expect(await left()).toEqual([[unrouted, { messages: 1, consumers: 0 }]]), {
    timeout: 5_000,
  })
  expect(errors).toEqual([])
})

test('a broker that no service has been connected to says so', async () => {
  await expect(queueDepths(await openVhost())).rejects.toThrow(/NOT_FOUND/)
})
