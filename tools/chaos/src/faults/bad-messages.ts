import {
  type ByService,
  choreography,
  encode,
  type Message,
  type MessageType,
  type ServiceName,
} from '@quadrille/events'
import type { ServiceModel } from '@quadrille/messages'
import { directExchange, inboxOf } from '@quadrille/messaging'
import { faultOf } from '@quadrille/postgres'
import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import type { Random } from '@quadrille/testing'
import { connect } from 'amqplib'
import type { BadMessage } from '../world/bad-message.ts'
import { query } from '../world/query.ts'
import type { World } from '../world/world.ts'
import { endsAtOnce, type Fault } from './fault.ts'

/**
 * Bad messages in a service's inbox: one of each kind, and a forged copy of a message that it has handled. They are
 * published to the service's direct exchange. With another exchange they would be parked for that reason.
 */
export const badMessageFaults = ({ nodes, badMessages, databases }: World, random: Random): Fault[] =>
  Object.values(choreography).map((model) => ({
    kind: 'bad messages',
    target: model.name,
    parts: ['RabbitMQ'],
    lastsMs: [0, 1],
    inject: async () => {
      const bad = [...malformedFor(model, random), ...(await forgedFor(model, databases))]
      badMessages.push(...bad)
      const connection = await connect(random.pick(nodes).url)
      connection.on('error', () => undefined) // the pending call rejects
      const channel = await connection.createConfirmChannel()
      channel.on('error', () => undefined)
      for (const { messageId, body } of bad)
        channel.publish(directExchange(model.name), inboxOf(model.name), body, { messageId, persistent: true })
      await channel.waitForConfirms()
      await connection.close()
      return endsAtOnce
    },
  }))

/** An event with the id of a handled event and different content. Empty if the service has handled no suitable event yet. */
const forgedFor = async ({ name, consumes }: ServiceModel, databases: ByService<string>): Promise<BadMessage[]> => {
  const [handled = [], events = []] = await Promise.all([
    read<{ id: string }>(databases[name as ServiceName], 'select id from inbox order by received_at desc limit 500'),
    read<{ event: Message<'PaymentProcessed'> }>(
      databases.order,
      `select jsonb_build_object(
                'specversion', '1.0', 'id', id, 'subject', order_id, 'correlationid', order_id, 'partitionkey', order_id
              ) || event::jsonb as event
       from order_event where event ->> 'type' = any($1) order by seq desc limit 500`,
      [forgedTypes],
    ),
  ])
  const known = new Set(handled.map(({ id }) => id))
  const one = events.find(({ event }) => known.has(event.id) && consumes.includes(event.type))?.event
  if (!one) return [] // the check of dead letters shows how many were sent
  const body = Buffer.from(JSON.stringify({ ...one, data: { ...one.data, ...otherContent } }))
  return [{ service: name, messageId: one.id, reason: 'id_conflict', body }]
}

/** Events with an amount or a total. Each service handles at least one of them. */
export const forgedTypes: readonly MessageType[] = ['PaymentProcessed', 'OrderCancelled', 'OrderFulfilled']
const otherContent = { amount: 1, total: 1 }

/** Empty if Postgres is unavailable. */
const read = <Row extends object>(url: string, sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  query<Row>(url, sql, values).catch((error: unknown) => {
    if (faultOf(error) === 'unavailable') return []
    throw error
  })

/** Larger than any valid message. */
const tooManyBytes = 2_000_000

const malformedFor = ({ name, consumes }: ServiceModel, random: Random): BadMessage[] => {
  const good = Buffer.from(encode(aMessage('OrderPlaced', aPlacedOrder(random.uuid()))))
  const changed = (changes: object) =>
    Buffer.from(JSON.stringify({ ...JSON.parse(good.toString()), type: consumes[0], ...changes }))
  const bodies: Record<string, Buffer[]> = {
    not_json: [
      Buffer.alloc(0),
      Buffer.from(good.subarray(0, random.below(good.length))),
      Buffer.from(Array.from({ length: 100 }, () => random.below(256))),
    ],
    not_cloudevents: [Buffer.from('{"hello":"world"}')],
    schema_violation: [changed({ data: {} })],
    future_version: [changed({ schemaversion: 99 })],
    too_large: [Buffer.alloc(tooManyBytes, ' ')],
  }
  return Object.entries(bodies).flatMap(([reason, all]) =>
    all.map((body) => ({ service: name, messageId: random.uuid(), reason, body })),
  )
}
