import type { ConfirmChannel } from 'amqplib'
import { received } from './received.ts'

/** The routing key must equal the binding key. */
export const direct = async (channel: ConfirmChannel) => {
  await channel.assertExchange('payment.direct', 'direct')
  const queues = ['payment.inbox', 'payment.tasks']
  for (const queue of queues) {
    await channel.assertQueue(queue, { exclusive: true })
    await channel.bindQueue(queue, 'payment.direct', queue)
  }
  channel.publish('payment.direct', 'payment.tasks', Buffer.from('charge order 1'))
  channel.publish('payment.direct', 'payment.refunds', Buffer.from('dropped: no binding has this key'))
  return received(channel, queues)
}
