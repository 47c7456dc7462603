/** A RabbitMQ node that is killed and restarted, raises an alarm, or restarts without its data. */
import { type PrivateNode, startRabbitMqNode } from '@quadrille/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ackAll, aMessage, aPair, harnessOf, ids, observe, on, outbox, sorted, until } from '../conformance/index.ts'
import { amqpBroker, type Delivery, Unconfirmed } from '../src/index.ts'

let node: PrivateNode

beforeAll(async () => {
  node = await startRabbitMqNode()
})

afterAll(() => node.stop())

const onNode =
  (vhost = '') =>
  async () =>
    harnessOf(amqpBroker(`${node.url}/${vhost}`, { onError: () => undefined }))

describe('a RabbitMQ node', () => {
  it(
    'may be killed while messages are published: no confirmed message is lost',
    on(onNode(), async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const { publisher } = harness.join(from)
      const consumed = new Set<string>()
      const handle = (delivery: Delivery) => {
        consumed.add(delivery.message.id)
        delivery.ack()
      }
      observe(harness.join(to), inbox, { prefetch: 20, handle })
      await expect.poll(() => publisher.waitingFor()).toBeNull()
      const sent: Promise<string | null>[] = []
      const send = (id: string) =>
        publisher.publish(events, aMessage(id)).then(
          () => id,
          () => null,
        )
      // A queue that is younger than half a second when its node crashes is not always on disk (RabbitMQ 3.10).
      for (const end = performance.now() + 2_000; performance.now() < end; await Promise.all(sent)) {
        for (let count = 0; count < 100; count += 1) sent.push(send(`m${sent.length}`))
      }
      for (const id of ids(1_000)) sent.push(send(`last-${id}`))
      await node.kill()
      const confirmed = (await Promise.all(sent)).filter((id) => id !== null)
      await node.start()
      await expect.poll(() => confirmed.filter((id) => !consumed.has(id))).toEqual([])
    }),
  )

  it(
    'may block publishing: nothing is sent, consumers continue, and a failed message keeps its place',
    on(onNode(), async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const [publishing, consuming] = [harness.join(from), harness.join(to)]
      const { deliveries, ids: delivered } = observe(consuming, inbox)
      await outbox(publishing.publisher, events, ['m1', 'm2'])
      await until(delivered).toEqual(['m1', 'm2'])
      await node.ctl('set_vm_memory_high_watermark', 'absolute', '1')
      const unsure = publishing.publisher.publish(events, aMessage('m3')) // RabbitMQ blocks a connection when it publishes
      await until(() => publishing.publisher.waitingFor()).toContain('blocked')
      expect([publishing, consuming].map((one) => one.blocked())).toEqual([publishing.publisher.waitingFor(), null])
      expect(publishing.restoredForMs()).toBe(Number.POSITIVE_INFINITY)
      await expect(publishing.publisher.publish(events, aMessage('m4'))).rejects.toBeInstanceOf(Unconfirmed)
      deliveries[0]?.retry({ error: new Error('not yet'), delayMs: 0 })
      deliveries[1]?.ack()
      await consuming.leave() // RabbitMQ has not read the copy, so the next consumer must get the original
      const again = observe(harness.join(to), inbox)
      await until(again.ids).toEqual(['m1'])
      again.deliveries[0]?.retry({ error: new Error('not yet'), delayMs: 0 })
      await node.ctl('set_vm_memory_high_watermark', 'absolute', '1GB')
      await unsure
      await outbox(publishing.publisher, events, ['m4'])
      const arrived = () => again.deliveries.map(({ message, attempts }) => `${message.id} ${attempts}`)
      const distinct = () => sorted([...new Set(arrived())]) // RabbitMQ may read the first copy too
      await until(distinct).toEqual(['m1 0', 'm1 1', 'm3 0', 'm4 0'])
      expect([publishing.disconnected(), publishing.blocked()]).toEqual([null, null])
      expect(publishing.restoredForMs()).toBeLessThan(Number.POSITIVE_INFINITY)
    }),
  )

  it(
    'may restart without its data: everything is declared again, and nothing is published before that',
    on(onNode('wiped'), async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      await node.ctl('add_vhost', 'wiped')
      await node.ctl('set_permissions', '-p', 'wiped', 'guest', '.*', '.*', '.*')
      const { ids: arrived } = observe(harness.join(to), inbox, { handle: ackAll })
      const { publisher } = harness.join(from)
      await outbox(publisher, events, ['before'])
      await until(arrived).toEqual(['before'])
      await node.ctl('delete_vhost', 'wiped')
      await until(() => publisher.waitingFor()).not.toBeNull()
      await node.ctl('add_vhost', 'wiped')
      await node.ctl('set_permissions', '-p', 'wiped', 'guest', '.*', '.*', '.*')
      await outbox(publisher, events, ['after'])
      await until(arrived).toEqual(['before', 'after'])
    }),
  )
})
