/** Messages that RabbitMQ or its client can't accept. Uses its own node, with a limit as in production. */
import { type PrivateNode, proxyTo, startRabbitMqNode } from '@quadrille/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ackAll, aMessage, aPair, harnessOf, observe, on, outbox, until } from '../conformance/index.ts'
import { amqpBroker, Unconfirmed, Unsendable } from '../src/index.ts'

let node: PrivateNode
beforeAll(async () => {
  node = await startRabbitMqNode({ configuration: { max_message_size: 262_144 } })
})
afterAll(() => node.stop())

const onNode = async () => harnessOf(amqpBroker(node.url, { onError: () => undefined }))

describe('a message that can not be sent', () => {
  it(
    'is refused as unsendable if AMQP can’t express it, and others are sent',
    on(onNode, async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const { ids } = observe(harness.join(to), inbox, { handle: ackAll })
      const { publisher } = harness.join(from)
      await until(() => publisher.waitingFor()).toBeNull()
      const neighbour = publisher.publish(events, aMessage('m1'))
      const tooLong = aMessage('m2', { type: 'x'.repeat(256) }) // a short string has at most 255 bytes
      await expect(publisher.publish(events, tooLong)).rejects.toBeInstanceOf(Unsendable)
      await neighbour
      await publisher.publish(events, aMessage('m3'))
      await until(ids).toEqual(['m1', 'm3'])
    }),
  )

  it(
    'is sent without the headers that do not fit into a frame',
    on(onNode, async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const { deliveries } = observe(harness.join(to), inbox, { handle: ackAll })
      const { publisher } = harness.join(from)
      await until(() => publisher.waitingFor()).toBeNull()
      const headers = { huge: 'x'.repeat(8_000), traceparent: 't' }
      await publisher.publish(events, aMessage('m1', { headers }))
      await until(() => deliveries.map(({ message }) => message.headers)).toEqual([{ traceparent: 't' }])
    }),
  )

  it(
    'closes the channel once if it exceeds the size limit of RabbitMQ, and is refused as unsendable from then on',
    on(onNode, async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const { ids } = observe(harness.join(to), inbox, { handle: ackAll })
      const { publisher } = harness.join(from)
      await until(() => publisher.waitingFor()).toBeNull()
      const large = aMessage('m1', { body: Buffer.alloc(262_145) })
      await expect(publisher.publish(events, large)).rejects.toBeInstanceOf(Unconfirmed)
      await until(() => publisher.waitingFor()).toBeNull()
      await expect(publisher.publish(events, large)).rejects.toThrow(
        /^its body has 262145 bytes, but RabbitMQ accepts at most 262144$/,
      )
      await outbox(publisher, events, ['m2'])
      await until(ids).toEqual(['m2'])
    }),
  )

  it('is sent again after another connection, because a restarted broker may have another limit', async () => {
    const proxy = await proxyTo(node.url)
    onTestFinished(() => proxy.close())
    await on(
      async () => harnessOf(amqpBroker(proxy.url, { onError: () => undefined })),
      async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        observe(harness.join(to), inbox, { handle: ackAll })
        const { publisher } = harness.join(from)
        const large = aMessage('m1', { body: Buffer.alloc(524_289) })
        const refused = () => publisher.publish(events, large).catch((error: unknown) => error)
        await until(() => publisher.waitingFor()).toBeNull()
        expect(await refused()).toBeInstanceOf(Unconfirmed)
        await until(() => publisher.waitingFor()).toBeNull()
        expect(await refused()).toBeInstanceOf(Unsendable)
        proxy.cut()
        await until(() => publisher.waitingFor()).not.toBeNull()
        await until(() => publisher.waitingFor()).toBeNull()
        expect(await refused()).toBeInstanceOf(Unconfirmed)
      },
    )()
  })
})
