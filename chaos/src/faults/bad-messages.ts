import { choreography, encode, type ServiceModel } from '@quadrille/events'
import { inboxOf } from '@quadrille/messaging'
import { aMessage, aPlacedOrder, type Random } from '@quadrille/testing'
import { connect } from 'amqplib'
import type { BadMessage } from '../world/bad-message.ts'
import type { World } from '../world/world.ts'
import { type Fault, overAtOnce } from './fault.ts'

/** Messages in a service's inbox that nobody could handle: one of each kind. */
export const badMessageFaults = ({ nodes, badMessages }: World, random: Random): Fault[] =>
  Object.values(choreography).map((model) => ({
    kind: 'bad messages',
    target: model.name,
    part: 'RabbitMQ',
    lastsMs: [0, 1],
    inject: async () => {
      const bad = onesFor(model, random)
      badMessages.push(...bad)
      const connection = await connect(random.pick(nodes).url)
      const channel = await connection.createConfirmChannel()
      for (const { messageId, body } of bad)
        channel.sendToQueue(inboxOf(model.name), body, { messageId, persistent: true })
      await channel.waitForConfirms()
      await connection.close()
      return overAtOnce
    },
  }))

/** More than a message may have, bytes. */
const tooManyBytes = 2_000_000

const onesFor = ({ name, consumes }: ServiceModel, random: Random): BadMessage[] => {
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
