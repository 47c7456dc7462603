/**
 * Declares the objects of a service on RabbitMQ, and those that it needs: the exchanges of other services that its
 * queues are bound to, and `unrouted`. `unrouted` is shared: the first service to start declares it, always with the
 * same arguments. So services can start in any order, and need no permission to declare those that exist. Existing objects
 * are not changed. A service whose user may not declare `unrouted` works without it: a message that can't be routed stays
 * in its retry queue, or in the outbox.
 */
import type { Channel, ChannelModel } from 'amqplib'
import { type QueueTopology, retryTiers, type ServiceTopology } from '../../topology.ts'
import { isClosedBy, openChannel } from '../channel.ts'
import { exchangeExists, queueExists } from './existence.ts'
import { bindingMarkerOf, retryQueueOf, unrouted } from './names.ts'
import {
  cappedDeadLetterQueue,
  cappedQueue,
  retryQueue,
  uncappedDeadLetterQueue,
  uncappedQueue,
  unroutedQueue,
} from './queue-arguments.ts'

/**
 * Resolves when everything exists and is bound, and retired queues are unbound. Calls `onUnroutedMissing` if the queue or
 * exchange `unrouted` does not exist, and the user may not declare it.
 * @throws 403 ACCESS_REFUSED if the user may not declare the exchange of another service. That service declares it.
 * @throws 406 PRECONDITION_FAILED if an object exists with other arguments: delete it, or change it by a policy.
 */
export const declareTopology = async (
  connection: ChannelModel,
  topology: ServiceTopology,
  onUnroutedMissing: (error: Error) => void,
): Promise<void> => {
  const missing = await missingOfOthers(connection, topology)
  if (missing.unrouted) await declareUnrouted(connection, onUnroutedMissing)
  const channel = await openChannel(connection)
  await declareExchanges(channel, topology) // first, because other services may be unable to connect without them
  for (const exchange of missing.exchanges) await declareFanout(channel, exchange)
  await declareOwnQueue(channel, topology, {
    name: topology.deadLetterQueue,
    options: topology.essential ? uncappedDeadLetterQueue : cappedDeadLetterQueue,
  })
  for (const queue of topology.queues) await declareQueue(channel, topology, queue)
  for (const queue of topology.retired ?? [])
    if (await queueExists(connection, queue.name)) await unbindFromExchanges(channel, queue)
  await channel.close()
}

const missingOfOthers = async (connection: ChannelModel, { events, fanout, queues }: ServiceTopology) => {
  const sources = queues.flatMap((queue) => queue.exchanges)
  const ofOthers = sources.filter((exchange) => exchange !== events && exchange !== fanout)
  const [found, foundUnrouted] = await Promise.all([
    Promise.all(ofOthers.map((exchange) => exchangeExists(connection, exchange))),
    Promise.all([
      exchangeExists(connection, unrouted),
      exchangeExists(connection, bindingMarkerOf(unrouted, unrouted)),
      queueExists(connection, unrouted),
    ]),
  ])
  return { exchanges: ofOthers.filter((_, index) => !found[index]), unrouted: foundUnrouted.includes(false) }
}

/**
 * The alternate exchange of the direct exchanges. It catches retried and dead-lettered messages whose queue is gone,
 * which have no publisher to return to. It also accepts and confirms mandatory messages, so the publisher itself
 * rejects unknown routing keys. A user of one service may not declare it: it could also delete or read the messages of others.
 */
const declareUnrouted = async (connection: ChannelModel, onMissing: (error: Error) => void): Promise<void> => {
  const channel = await openChannel(connection)
  try {
    await channel.assertExchange(unrouted, 'fanout', { durable: true })
    await channel.assertQueue(unrouted, unroutedQueue)
    await bindToExchange(channel, unrouted, unrouted)
  } catch (cause) {
    if (!isClosedBy('access-refused', cause)) throw cause
    return onMissing(new Error('unrouted is missing: import the definitions into RabbitMQ again', { cause }))
  }
  await channel.close()
}

const declareExchanges = async (channel: Channel, { events, direct, fanout }: ServiceTopology): Promise<void> => {
  await declareFanout(channel, events)
  if (fanout !== null) await declareFanout(channel, fanout)
  await channel.assertExchange(direct, 'direct', { durable: true, alternateExchange: unrouted })
}

const declareFanout = (channel: Channel, exchange: string) =>
  channel.assertExchange(exchange, 'fanout', { durable: true })

const declareQueue = async (channel: Channel, topology: ServiceTopology, queue: QueueTopology): Promise<void> => {
  const { direct, deadLetterQueue, essential } = topology
  const { name, exchanges } = queue
  for (const tier of retryTiers) {
    const retry = { name: retryQueueOf(name, tier), options: retryQueue(direct, name, tier) }
    await declareOwnQueue(channel, topology, retry)
  }
  const options = essential ? uncappedQueue(direct, deadLetterQueue) : cappedQueue(direct, deadLetterQueue)
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

/** Keeps the binding to the direct exchange, through which the retry queues return their messages. */
const unbindFromExchanges = async (channel: Channel, { name, exchanges }: QueueTopology): Promise<void> => {
  for (const exchange of exchanges) {
    await channel.deleteExchange(bindingMarkerOf(name, exchange))
    await channel.unbindQueue(name, exchange, '')
  }
}

/** The marker comes last. It proves, mainly to the publisher, that the queue is bound to the exchange. */
const bindToExchange = async (channel: Channel, queue: string, exchange: string): Promise<void> => {
  await channel.bindQueue(queue, exchange, '')
  await channel.assertExchange(bindingMarkerOf(queue, exchange), 'fanout', { durable: true, internal: true })
}
