import type { ConfirmChannel } from 'amqplib'
import { received } from './received.ts'

/** A message that an exchange can't route goes to its alternate exchange. It is neither dropped nor returned. */
export const alternate = async (channel: ConfirmChannel) => {
  await channel.assertExchange('unrouted', 'fanout')
  await channel.assertQueue('unrouted', { exclusive: true })
  await channel.bindQueue('unrouted', 'unrouted', '')
  await channel.assertExchange('inventory.direct', 'direct', { alternateExchange: 'unrouted' })
  channel.publish('inventory.direct', 'a queue that was deleted', Buffer.from('kept'))
  return received(channel, ['unrouted'])
}
