/** Checks whether a queue or an exchange exists on RabbitMQ. That needs no permission. */
import type { Channel, ChannelModel } from 'amqplib'
import { isClosedBy, openChannel } from '../channel.ts'

export const queueExists = (connection: ChannelModel, queue: string): Promise<boolean> =>
  exists(connection, (channel) => channel.checkQueue(queue))

export const exchangeExists = (connection: ChannelModel, exchange: string): Promise<boolean> =>
  exists(connection, (channel) => channel.checkExchange(exchange))

/** Declares passively, on its own channel, because the broker closes the channel for a missing object. */
const exists = async (connection: ChannelModel, check: (channel: Channel) => Promise<unknown>): Promise<boolean> => {
  const channel = await openChannel(connection)
  try {
    await check(channel)
  } catch (error) {
    if (isClosedBy('not-found', error)) return false
    throw error
  }
  await channel.close()
  return true
}
