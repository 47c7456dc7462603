/** Whether something exists on RabbitMQ. Who asks needs no right to it. */
import type { Channel, ChannelModel } from 'amqplib'
import { isNotFound } from './not-found.ts'

export const queueExists = (connection: ChannelModel, queue: string): Promise<boolean> =>
  exists(connection, (channel) => channel.checkQueue(queue))

export const exchangeExists = (connection: ChannelModel, exchange: string): Promise<boolean> =>
  exists(connection, (channel) => channel.checkExchange(exchange))

/** Declares passively, on a channel of its own: the broker closes the channel where the thing doesn't exist. */
const exists = async (connection: ChannelModel, check: (channel: Channel) => Promise<unknown>): Promise<boolean> => {
  const channel = await connection.createChannel()
  channel.on('error', () => undefined) // the check rejects with it
  try {
    await check(channel)
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
  await channel.close()
  return true
}
