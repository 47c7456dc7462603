/** A channel of its own on a connection: opened again whenever it fails, until the connection has ended. */
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { until } from '../conformance/index.ts'
import { keepChannel } from '../src/amqp/kept-channel.ts'
import { useRabbitMq } from './use-rabbitmq.ts'

const rabbitmq = useRabbitMq()

let connection: ChannelModel
beforeEach(async () => {
  connection = await connect(`${rabbitmq.vhost.url}?channelMax=1`)
  onTestFinished(() => connection.close().catch(() => undefined)) // the test may have closed it
})

const keep = () => {
  const opened: Channel[] = []
  const errors: string[] = []
  const kept = keepChannel(connection, async (channel) => void opened.push(channel), {
    backoff: { firstMs: 10, maxMs: 50, random: () => 1 },
    onError: (error) => errors.push(String(error)),
  })
  return { opened, errors, kept }
}

it('waits on a connection that has no free channel, and reports that', async () => {
  const other = await connection.createChannel()
  const { opened, errors } = keep()
  await until(() => errors.length).toBeGreaterThan(2)
  expect(new Set(errors)).toEqual(new Set(['Error: No channels left to allocate']))
  await other.close()
  await until(() => opened).toHaveLength(1)
})

it('is opened again after its end, and not on a connection that has ended', async () => {
  const { opened, errors, kept } = keep()
  await until(() => opened).toHaveLength(1)
  await opened[0]?.close()
  await until(() => opened).toHaveLength(2)
  await connection.close()
  await kept
  await keep().kept
  expect([opened.length, errors]).toEqual([2, ['Error: the channel was closed']])
})
