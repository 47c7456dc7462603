import type { ConfirmChannel } from 'amqplib'
import { received } from './received.ts'

/** Each bound queue gets every message. The routing key is ignored. */
export const fanout = async (channel: ConfirmChannel) => {
  await channel.assertExchange('order.events', 'fanout')
  const queues = ['payment.inbox', 'inventory.inbox']
  for (const queue of queues) {
    await channel.assertQueue(queue, { exclusive: true })
    await channel.bindQueue(queue, 'order.events', '')
  }
  channel.publish('order.events', '', Buffer.from('OrderPlaced 1'))
  return received(channel, queues)
}
