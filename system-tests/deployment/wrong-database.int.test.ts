/** A service gets the virtual host of instances with another database, such as a copy for a test. */
import { shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { amqpBroker } from '@quadrille/messaging'
import { createLogger } from '@quadrille/service/tools'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'

const log = createLogger('silent', shop)

const newDatabase = async (): Promise<string> => {
  const { url, drop } = await createServiceDatabase(inject('postgresUrl'), definitions.payment)
  onTestFinished(drop)
  return url
}

const newVhost = async (): Promise<string> => {
  const { url, drop } = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(drop)
  return url
}

/** Starts a payment service, with its own connections to RabbitMQ. */
const start = async (amqpUrl: string, databaseUrl: string) => {
  const broker = amqpBroker(amqpUrl, { onError: () => undefined })
  const service = await definitions.payment.start({ broker, log, env: { DATABASE_URL: databaseUrl, PORT: '0' } })
  const end = async () => {
    await service.stop()
    await broker.close()
  }
  let ending: Promise<void> | undefined
  const stop = () => (ending ??= end())
  onTestFinished(stop)
  return { stop, readiness: async () => (await fetch(`${service.url}/health/ready`)).json() }
}

test('a service with another database leaves the queues alone, until it is started after the others', async () => {
  const vhost = await newVhost()
  const [first, second] = [await newDatabase(), await newDatabase()]
  const payment = await start(vhost, first)
  await expect.poll(payment.readiness).toMatchObject({ broker: 'ok' })
  const copy = await start(vhost, second)
  const broker = expect.stringMatching(/^a database other than \d+\.\S+ has the queues of payment: /)
  await expect.poll(copy.readiness).toMatchObject({ status: 'not_ready', broker })
  expect(await payment.readiness()).toMatchObject({ broker: 'ok' })
  for (const { stop } of [payment, copy]) await stop()

  const again = await start(vhost, second)
  await expect.poll(again.readiness).toMatchObject({ broker: 'ok' })
})
