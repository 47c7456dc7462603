/** Two ways to take messages from a queue of RabbitMQ: it pushes them, or a client asks for each. */
import { type ChannelModel, connect } from 'amqplib'
import { kindsOf } from '../../src/measure/cpu.ts'
import type { Servers } from '../../src/systems/servers.ts'
import { type CpuUsed, startCpuMeter } from '../cpu-meter.ts'

export interface Taken {
  readonly name: string
  readonly cpu: CpuUsed
}

interface Source {
  readonly connection: ChannelModel
  readonly queue: string
  readonly count: number
  /** Called with each message. */
  readonly take: (content: Buffer) => void
}

const bodyBytes = 500
const prefetch = 100
const channels = 8

/** Each takes and acknowledges all messages. Its channels stay open, because the last acknowledgements may be under way. */
const ways: Readonly<Record<string, (source: Source) => Promise<unknown>>> = {
  [`basic.consume, prefetch ${prefetch}`]: async ({ connection, queue, count, take }) => {
    const channel = await connection.createChannel()
    const { promise, resolve } = Promise.withResolvers<void>()
    let taken = 0
    await channel.prefetch(prefetch)
    await channel.consume(queue, (message) => {
      if (!message) return
      take(message.content)
      channel.ack(message)
      taken += 1
      if (taken === count) resolve()
    })
    await promise
  },
  'basic.get, one after the other': (source) => getAll(source),
  // a channel gets one message after the other
  [`basic.get, ${channels} channels`]: (source) =>
    Promise.all(Array.from({ length: channels }, () => getAll({ ...source, count: source.count / channels }))),
}

const getAll = async ({ connection, queue, count, take }: Source): Promise<void> => {
  const channel = await connection.createChannel()
  for (let taken = 0; taken < count; taken += 1) {
    const message = await channel.get(queue)
    if (!message) throw new Error('The queue is empty too early.')
    take(message.content)
    channel.ack(message)
  }
}

/** @throws if one of the ways does not take each message once. */
export const compareBasicGet = async (servers: Servers, count: number): Promise<Taken[]> => {
  const broker = await servers.broker()
  const kinds = kindsOf([
    [process.pid, 'services'],
    [broker.pid, 'broker'],
  ])
  const vhost = await broker.createVhost()
  const connection = await connect(vhost.url, { noDelay: true })
  const results: Taken[] = []
  try {
    for (const [name, takeAll] of Object.entries(ways)) {
      await fill(connection, name, count)
      const numbers = new Set<number>()
      const read = startCpuMeter(kinds)
      await takeAll({ connection, queue: name, count, take: (content) => numbers.add(content.readUInt32BE()) })
      results.push({ name, cpu: read() })
      if (numbers.size !== count) throw new Error(`${name} took ${numbers.size} of ${count} messages.`)
    }
  } finally {
    await connection.close()
    await vhost.drop()
  }
  return results
}

/** A quorum queue with numbered messages. */
const fill = async (connection: ChannelModel, queue: string, count: number): Promise<void> => {
  const channel = await connection.createConfirmChannel()
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  for (let number = 0; number < count; number += 1) {
    const body = Buffer.alloc(bodyBytes)
    body.writeUInt32BE(number)
    channel.sendToQueue(queue, body, { persistent: true })
  }
  await channel.waitForConfirms()
  await channel.close()
}
