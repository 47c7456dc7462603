import type { ConfirmChannel } from 'amqplib'
import { received } from './received.ts'

/** Each queue is bound to the exchange without a name, by its own name. Nothing can change these bindings. */
export const defaultExchange = async (channel: ConfirmChannel) => {
  await channel.assertQueue('hello', { exclusive: true })
  channel.publish('', 'hello', Buffer.from('the same as sendToQueue'))
  return received(channel, ['hello'])
}
