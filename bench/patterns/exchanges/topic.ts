import type { ConfirmChannel } from 'amqplib'
import { received } from './received.ts'

/** The binding key is a pattern of words: * is one word, # is any number of words. */
export const topic = async (channel: ConfirmChannel) => {
  await channel.assertExchange('shop.topic', 'topic')
  const patterns = {
    'everything about orders': 'order.#',
    'cancellations in Europe': 'order.eu.cancelled',
    'all that is paid': '*.*.paid',
  }
  for (const [queue, pattern] of Object.entries(patterns)) {
    await channel.assertQueue(queue, { exclusive: true })
    await channel.bindQueue(queue, 'shop.topic', pattern)
  }
  for (const key of ['order.eu.paid', 'order.us.cancelled']) channel.publish('shop.topic', key, Buffer.from(key))
  return received(channel, Object.keys(patterns))
}
