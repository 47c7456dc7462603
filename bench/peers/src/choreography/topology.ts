/** The exchange and the queues through which events travel. */
import type { Channel } from 'amqplib'
import { serviceNames, services } from '../shop/choreography.ts'

export const exchange = 'shop'
const deadExchange = 'dead'
const deadQueue = 'dead'

/** Replicated and on disk (https://www.rabbitmq.com/docs/quorum-queues). A message that keeps failing becomes a dead letter. */
const queueArguments = {
  'x-queue-type': 'quorum',
  'x-delivery-limit': 20,
  'x-dead-letter-exchange': deadExchange,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
}

/** Declares everything. Every service does so at its start, so that they start in any order. */
export const declareTopology = async (channel: Channel): Promise<void> => {
  await channel.assertExchange(exchange, 'topic')
  await channel.assertExchange(deadExchange, 'fanout')
  await channel.assertQueue(deadQueue, { arguments: { 'x-queue-type': 'quorum' } })
  await channel.bindQueue(deadQueue, deadExchange, '')
  for (const name of serviceNames) {
    await channel.assertQueue(name, { arguments: queueArguments })
    for (const type of Object.keys(services[name].reactions)) await channel.bindQueue(name, exchange, type)
  }
}
