/** An instance leaves RabbitMQ right after it has settled deliveries. */
import { expect, it, onTestFinished } from 'vitest'
import { aPair, harnessOf, ids, observe, outbox, until } from '../conformance/index.ts'
import { amqpBroker, type Delivery } from '../src/index.ts'
import { useRabbitMq } from './use-rabbitmq.ts'

const rabbit = useRabbitMq()

/** The first delivery of the last message. Its retry follows all others in the retry queue. */
const isFirst = ({ message, attempts }: Delivery) => message.id === 'last' && attempts === 0
const isRetried = ({ attempts }: Delivery) => attempts > 0

it('a dead letter is stored and a retry is sent before the instance leaves', async () => {
  const harness = harnessOf(amqpBroker(rabbit.vhost.url, { copyTimeoutMs: 60_000, onError: () => undefined }))
  onTestFinished(() => harness.close())
  const { publisher: from, consumer: to, inbox, events } = aPair()
  const leaving = harness.join(to)
  const before = observe(leaving, inbox)
  const { publisher } = harness.join(from)
  await outbox(publisher, events, ids(2))
  await until(before.ids).toEqual(ids(2))
  before.deliveries[0]?.park({ reason: 'not_wanted', error: new Error('no') })
  before.deliveries[1]?.retry({ error: new Error('not yet'), delayMs: 0 })
  await leaving.leave()
  const after = observe(harness.join(to), inbox, {
    handle: (delivery) => {
      if (isFirst(delivery)) delivery.retry({ error: new Error('not yet'), delayMs: 0 })
      else delivery.ack()
    },
  })
  await outbox(publisher, events, ['last'])
  await until(() => after.deliveries.filter(isRetried).map(({ message }) => message.id)).toContain('last')
  const again = after.deliveries.filter(({ message }) => message.id !== 'last')
  expect(again.map(({ message, attempts, crashes }) => [message.id, attempts, crashes])).toEqual([['m2', 1, 0]])
  const { stored } = harness.stores(to).deadLetters
  expect([...stored.values()].map(({ message }) => message.id)).toEqual(['m1'])
})
