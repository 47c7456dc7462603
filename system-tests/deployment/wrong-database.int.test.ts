/** A service process gets the virtual host of instances with another database. */
import { definitions } from '@quadrille/local/definitions'
import { startServiceProcess } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost } from '@quadrille/testing'
import { connect } from 'amqplib'
import { expect, inject, onTestFinished, test } from 'vitest'

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

const consumersOf = async (url: string, queue: string): Promise<number> => {
  const connection = await connect(url)
  const channel = await connection.createChannel()
  const { consumerCount } = await channel.checkQueue(queue)
  await connection.close()
  return consumerCount
}

const start = async (service: string, env: Readonly<Record<string, string>>) => {
  const lines: string[] = []
  const started = await startServiceProcess(service, env, { onLine: (line) => lines.push(line) })
  onTestFinished(async () => void (await started.end()))
  const readiness = async () => (await fetch(`${started.url}/health/ready`)).json()
  return { ...started, lines, readiness }
}

test('a service with another database leaves the queues alone, until it is started after the others', async () => {
  const AMQP_URL = await newVhost()
  const [first, second] = [await newDatabase(), await newDatabase()]
  const payment = await start('payment', { DATABASE_URL: first, AMQP_URL })
  await expect.poll(payment.readiness).toMatchObject({ broker: 'ok' })
  const copy = await start('payment', { DATABASE_URL: second, AMQP_URL })
  const broker = expect.stringMatching(/^a database other than \d+\.\S+ has the queues of payment: /)
  await expect.poll(copy.readiness).toMatchObject({ status: 'not_ready', broker })
  await expect.poll(() => copy.lines.join('\n')).toContain('and then restart this one')
  expect(await consumersOf(AMQP_URL, 'payment.inbox')).toBe(1)
  expect(await payment.end()).toBe(0)
  expect(await copy.end()).toBe(0)

  const again = await start('payment', { DATABASE_URL: second, AMQP_URL })
  await expect.poll(again.readiness).toMatchObject({ broker: 'ok' })
})
