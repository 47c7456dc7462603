import { type Channel, type ChannelModel, connect } from 'amqplib'
import type { Floor, OrderMessages } from './floor.ts'

/** Orders whose messages are on their way. */
const window = 200
const prefetch = 250
const fewestQueues = 4

/** The number of queues that get each message of an order, so that they add up to its deliveries. */
export const fanOuts = ({ published, delivered }: OrderMessages): number[] => {
  const messages = Math.max(1, Math.round(published))
  const deliveries = Math.max(messages, Math.round(delivered))
  return Array.from(
    { length: messages },
    (_, index) => Math.floor((deliveries * (index + 1)) / messages) - Math.floor((deliveries * index) / messages),
  )
}

/**
 * Publishes the messages of one order after the other to fanout exchanges, persistently and with confirms, and consumes them
 * from quorum queues. An order counts when its messages are confirmed and as many deliveries have arrived.
 */
export const messagesFloor = async (url: string, messages: OrderMessages): Promise<Floor> => {
  const [publishing, consuming] = await Promise.all([connect(url, { noDelay: true }), connect(url, { noDelay: true })])
  const fans = fanOuts(messages)
  const deliveriesOfOrder = fans.reduce((sum, one) => sum + one, 0)
  const queues = Math.max(fewestQueues, ...fans)
  await declare(publishing, fans, queues)
  const arrived = await consume(consuming, queues)
  const channel = await publishing.createConfirmChannel()
  const body = Buffer.alloc(Math.max(1, Math.round(messages.bytes)), 120)
  let placed = 0
  const place = async () => {
    placed += 1
    await Promise.all(
      fans.map(
        (_, index) =>
          new Promise<void>((resolve, reject) =>
            channel.publish(exchangeOf(index), '', body, { persistent: true }, (error) =>
              error ? reject(error) : resolve(),
            ),
          ),
      ),
    )
    await arrived.atLeast((placed - window) * deliveriesOfOrder)
    return 1
  }
  return Array.from({ length: window }, () => place)
}

const exchangeOf = (index: number): string => `floor.${index}`
const queueOf = (index: number): string => `floor.queue.${index}`

const declare = async (connection: ChannelModel, fans: readonly number[], queues: number): Promise<void> => {
  const channel = await connection.createChannel()
  for (let index = 0; index < queues; index += 1)
    await channel.assertQueue(queueOf(index), { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  for (const [index, fan] of fans.entries()) {
    await channel.assertExchange(exchangeOf(index), 'fanout', { durable: true })
    for (let each = 0; each < fan; each += 1)
      await channel.bindQueue(queueOf((index + each) % queues), exchangeOf(index), '')
  }
  await channel.close()
}

interface Arrived {
  /** Resolves when at least this many messages have been delivered. */
  atLeast(count: number): Promise<void>
}

const consume = async (connection: ChannelModel, queues: number): Promise<Arrived> => {
  let delivered = 0
  let waiting: { readonly count: number; readonly resolve: () => void }[] = []
  const onDelivery = () => {
    delivered += 1
    if (waiting.some(({ count }) => count <= delivered)) {
      for (const { count, resolve } of waiting) if (count <= delivered) resolve()
      waiting = waiting.filter(({ count }) => count > delivered)
    }
  }
  for (let index = 0; index < queues; index += 1) {
    const channel = await connection.createChannel()
    await channel.prefetch(prefetch)
    await channel.consume(queueOf(index), acknowledgingAtOnce(channel, onDelivery))
  }
  return {
    atLeast: (count) =>
      count <= delivered ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
  }
}

type OnMessage = Parameters<Channel['consume']>[1]

/** Acknowledges all deliveries of a turn of the event loop with one frame. */
const acknowledgingAtOnce = (channel: Channel, onDelivery: () => void): OnMessage => {
  let last: Parameters<OnMessage>[0] = null
  return (message) => {
    onDelivery()
    if (last === null)
      setImmediate(() => {
        if (last) channel.ack(last, true)
        last = null
      })
    last = message
  }
}
