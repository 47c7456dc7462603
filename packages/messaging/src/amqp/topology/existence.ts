/**
 * Checks whether a queue or an exchange exists on RabbitMQ. Since 4.2.7 and 4.3.1 that needs any permission on it, also if it does not
 * exist (https://www.rabbitmq.com/docs/access-control#passive-declarations). 4.2.6 and 4.3.0 need the permission to declare it.
 */
import type { Channel, ChannelModel } from 'amqplib'
import { isClosedBy, openChannel } from '../channel.ts'

export const queueExists = (connection: ChannelModel, queue: string): Promise<boolean> =>
  exists(connection, (channel) => channel.checkQueue(queue))

/** Also true if the user has no permission to ask. */
export const queueMayExist = async (connection: ChannelModel, queue: string): Promise<boolean> => {
  try {
    return await queueExists(connection, queue)
  } catch (error) {
    if (isClosedBy('access-refused', error)) return true
    throw error
  }
}

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
