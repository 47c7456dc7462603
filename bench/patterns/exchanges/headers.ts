import type { ConfirmChannel } from 'amqplib'
import { received } from './received.ts'

/** The headers of the message must match those of the binding: all of them, or any. */
export const headers = async (channel: ConfirmChannel) => {
  await channel.assertExchange('shop.headers', 'headers')
  const queues = { 'urgent gifts': 'all', 'urgent or gifts': 'any' }
  for (const [queue, match] of Object.entries(queues)) {
    await channel.assertQueue(queue, { exclusive: true })
    await channel.bindQueue(queue, 'shop.headers', '', { 'x-match': match, urgent: true, gift: true })
  }
  channel.publish('shop.headers', '', Buffer.from('order 1'), { headers: { urgent: true, gift: true } })
  channel.publish('shop.headers', '', Buffer.from('order 2'), { headers: { urgent: true } })
  return received(channel, Object.keys(queues))
}
