import { choreography } from '@quadrille/events'
import type { ServiceModel } from '@quadrille/messages'
import { topologyOf } from '@quadrille/messaging'
import type { Random } from '@quadrille/testing'
import { type ConfirmChannel, type ConsumeMessage, connect } from 'amqplib'
import type { World } from '../world/world.ts'
import type { Fault } from './fault.ts'

/** At most this many published messages are duplicated. */
const atMost = 500

/** Publishes the events and tasks of a service again, in another order, some of them seconds later. */
export const duplicateFaults = ({ nodes }: World, random: Random): Fault[] =>
  Object.values(choreography).map((model) => ({
    kind: 'messages duplicated',
    target: model.name,
    parts: ['RabbitMQ'],
    lastsMs: [500, 5_000],
    inject: async () => {
      const connection = await connect(random.pick(nodes).url)
      connection.on('error', () => undefined) // the pending call rejects
      const channel = await connection.createConfirmChannel()
      channel.on('error', () => undefined)
      const seen = await tap(channel, model)
      return async () => {
        await publishAgain(channel, shuffled(seen, random))
        await connection.close()
      }
    },
  }))

/** Consumes copies of everything that the service publishes: its events and its tasks. */
const tap = async (channel: ConfirmChannel, model: ServiceModel): Promise<readonly ConsumeMessage[]> => {
  const { events, direct, fanout, queues } = topologyOf(model, choreography)
  const { queue } = await channel.assertQueue('', { exclusive: true })
  await channel.bindQueue(queue, events, '')
  if (fanout !== null) await channel.bindQueue(queue, fanout, '')
  for (const { name } of queues) await channel.bindQueue(queue, direct, name)
  const seen: ConsumeMessage[] = []
  const keep = (message: ConsumeMessage | null) => {
    if (message && seen.length < atMost) seen.push(message)
  }
  await channel.consume(queue, keep, { noAck: true })
  return seen
}

const publishAgain = async (channel: ConfirmChannel, messages: readonly ConsumeMessage[]): Promise<void> => {
  for (const { fields, properties, content } of messages)
    channel.publish(fields.exchange, fields.routingKey, content, properties)
  await channel.waitForConfirms()
}

const shuffled = <Item>(items: readonly Item[], random: Random): Item[] =>
  items
    .map((item) => ({ item, place: random.below(2 ** 32) }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item)
