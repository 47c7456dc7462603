/**
 * Declares what a service owns on RabbitMQ, and what it needs beside that: the exchanges of others that its queues are bound to,
 * and `unrouted`. That is declared only where it doesn't exist, by whoever comes first and always with the same arguments. So
 * services start in any order, and where it was made beforehand they need no right to make it. What exists stays as it is.
 */
import type { Channel, ChannelModel } from 'amqplib'
import {
  bindingMarkerOf,
  type QueueTopology,
  retryQueueOf,
  retryTiers,
  type ServiceTopology,
  unrouted,
} from '../../topology.ts'
import { exchangeExists, queueExists } from './existence.ts'
import { cappedDeadQueue, cappedQueue, consumedQueue, deadQueue, retryQueue, unroutedQueue } from './queue-arguments.ts'

/**
 * Resolves when everything exists and is bound, and what is retired gets no more from its exchanges.
 * @throws 406 PRECONDITION_FAILED where something exists with other arguments: delete it, or bring it into line by a policy.
 */
export const declareTopology = async (connection: ChannelModel, topology: ServiceTopology): Promise<void> => {
  const missing = await missingOfOthers(connection, topology)
  const channel = await connection.createChannel()
  channel.on('error', () => undefined) // the call that caused it rejects
  for (const exchange of missing.exchanges) await declareFanout(channel, exchange)
  if (missing.unrouted) await declareUnrouted(channel)
  await declareExchanges(channel, topology)
  await declareOwnQueue(channel, topology, {
    name: topology.dead,
    options: topology.essential ? deadQueue : cappedDeadQueue,
  })
  for (const queue of topology.queues) await declareQueue(channel, topology, queue)
  for (const queue of topology.retired ?? [])
    if (await queueExists(connection, queue.name)) await unbindFromExchanges(channel, queue)
  await channel.close()
}

const missingOfOthers = async (connection: ChannelModel, { events, fanout, queues }: ServiceTopology) => {
  const sources = queues.flatMap((queue) => queue.exchanges)
  const ofOthers = sources.filter((exchange) => exchange !== events && exchange !== fanout)
  const exchanges: string[] = []
  for (const exchange of ofOthers) if (!(await exchangeExists(connection, exchange))) exchanges.push(exchange)
  const marked = await exchangeExists(connection, bindingMarkerOf(unrouted, unrouted))
  return { exchanges, unrouted: !(marked && (await queueExists(connection, unrouted))) }
}

/**
 * The alternate exchange of the direct exchanges catches what comes back from a retry queue, or is given up, and finds its
 * queue gone: nobody publishes these, so nobody could be told. It takes a mandatory message too, and confirms it: that is
 * why the publisher itself refuses routing keys that the service has no queue for.
 */
const declareUnrouted = async (channel: Channel): Promise<void> => {
  await channel.assertExchange(unrouted, 'fanout', { durable: true })
  await channel.assertQueue(unrouted, unroutedQueue)
  await bindToExchange(channel, unrouted, unrouted)
}

const declareExchanges = async (channel: Channel, { events, direct, fanout }: ServiceTopology): Promise<void> => {
  await declareFanout(channel, events)
  if (fanout !== null) await declareFanout(channel, fanout)
  await channel.assertExchange(direct, 'direct', { durable: true, alternateExchange: unrouted })
}

const declareFanout = (channel: Channel, exchange: string) =>
  channel.assertExchange(exchange, 'fanout', { durable: true })

const declareQueue = async (channel: Channel, topology: ServiceTopology, queue: QueueTopology): Promise<void> => {
  const { direct, dead, essential } = topology
  const { name, exchanges } = queue
  for (const tier of retryTiers) {
    const retry = { name: retryQueueOf(name, tier), options: retryQueue(direct, name, tier) }
    await declareOwnQueue(channel, topology, retry)
  }
  const options = essential ? consumedQueue(direct, dead) : cappedQueue(direct, dead)
  await declareOwnQueue(channel, topology, { name, options })
  for (const exchange of exchanges) await bindToExchange(channel, name, exchange)
}

interface OwnQueue {
  readonly name: string
  readonly options: Parameters<Channel['assertQueue']>[1]
}

/** Each queue of a service is bound to its direct exchange by its name. */
const declareOwnQueue = async (
  channel: Channel,
  { direct }: ServiceTopology,
  { name, options }: OwnQueue,
): Promise<void> => {
  await channel.assertQueue(name, options)
  await channel.bindQueue(name, direct, name)
}

/** It keeps its binding to the direct exchange, by which its retry queues give back what they hold. */
const unbindFromExchanges = async (channel: Channel, { name, exchanges }: QueueTopology): Promise<void> => {
  for (const exchange of exchanges) {
    await channel.deleteExchange(bindingMarkerOf(name, exchange))
    await channel.unbindQueue(name, exchange, '')
  }
}

/** The marker comes last: it proves that the queue is bound to the exchange, to its publisher in the first place. */
const bindToExchange = async (channel: Channel, queue: string, exchange: string): Promise<void> => {
  await channel.bindQueue(queue, exchange, '')
  await channel.assertExchange(bindingMarkerOf(queue, exchange), 'fanout', { durable: true, internal: true })
}
