/** An instance leaves RabbitMQ right after it has settled deliveries. */
import { expect, it, onTestFinished } from 'vitest'
import { ackAll, aPair, harnessOf, ids, observe, outbox, until } from '../conformance/index.ts'
import { amqpBroker } from '../src/index.ts'
import { useRabbitMq } from './use-rabbitmq.ts'

const rabbit = useRabbitMq()

it('a dead letter is stored and a retry is sent before the instance leaves', async () => {
  const harness = harnessOf(amqpBroker(rabbit.vhost.url, { onError: () => undefined }))
  onTestFinished(() => harness.close())
  const { publisher: from, consumer: to, inbox, events } = aPair()
  const leaving = harness.join(to)
  const before = observe(leaving, inbox)
  await outbox(harness.join(from).publisher, events, ids(2))
  await until(before.ids).toEqual(ids(2))
  before.deliveries[0]?.park({ reason: 'not_wanted', error: new Error('no') })
  before.deliveries[1]?.retry({ error: new Error('not yet'), delayMs: 0 })
  await leaving.leave()
  const after = observe(harness.join(to), inbox, { handle: ackAll })
  await until(after.ids).toEqual(['m2'])
  expect(after.deliveries.map(({ attempts, crashes }) => [attempts, crashes])).toEqual([[1, 0]])
  const { stored } = harness.stores(to).deadLetters
  expect([...stored.values()].map(({ message }) => message.id)).toEqual(['m1'])
})
