/**
 * The owner of a service's queues: the database of the connected instances. An instance with another database, such as a
 * copy for a test, would take part of the messages, and their effects would be in the wrong database. AMQP 0-9-1 can store
 * no name, but RabbitMQ compares one argument of an exchange with that of an existing one: its alternate exchange. So the
 * owner is the name of an alternate exchange.
 */
import { randomUUID } from 'node:crypto'
import type { ChannelModel } from 'amqplib'
import { OwnedByAnotherDatabase } from '../../broker.ts'
import { ownerExchangeOf, ownerNameOf } from '../../topology.ts'

export interface Owner {
  readonly service: string
  readonly database: string
}

/** Claims the queues on a connection, until it closes. @throws {OwnedByAnotherDatabase} */
export type Claim = (connection: ChannelModel) => Promise<void>

/**
 * The claims of one instance. If the first one is refused, so are all others: otherwise a copy would take the queues while all
 * instances of the owner restart. An instance that has had the queues gets them back once the others have left.
 */
export const createClaim = (owner: Owner): Claim => {
  let hadQueues = false
  let refusal: OwnedByAnotherDatabase | null = null
  return async (connection) => {
    if (refusal && !hadQueues) throw refusal
    try {
      await claim(connection, owner)
      hadQueues = true
    } catch (error) {
      if (!isOtherOwner(error)) throw error
      refusal = otherOwner(owner, error)
      throw refusal
    }
  }
}

/**
 * An exclusive queue ends with its connection, and an exchange that is deleted automatically ends with its last queue. So the
 * exchange exists while an instance of the owner is connected.
 */
const claim = async (connection: ChannelModel, { service, database }: Owner): Promise<void> => {
  const exchange = ownerExchangeOf(service)
  const alternateExchange = ownerNameOf(service, database)
  const queue = ownerNameOf(service, randomUUID())
  const channel = await connection.createChannel()
  channel.on('error', () => undefined) // the call that caused it rejects
  await channel.assertExchange(exchange, 'fanout', {
    ...{ durable: false, autoDelete: true, internal: true },
    alternateExchange,
  })
  await channel.assertQueue(queue, { exclusive: true, durable: false })
  await channel.bindQueue(queue, exchange, '')
  await channel.close()
}

/** AMQP 0-9-1, section 1.2 (reply codes): 406 precondition-failed. RabbitMQ's text names the argument. */
const isOtherOwner = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 406 && error.message.includes("'alternate-exchange'")

const otherOwner = ({ service, database }: Owner, cause: unknown): OwnedByAnotherDatabase => {
  const whose = `RabbitMQ shows it as the alternate exchange of ${ownerExchangeOf(service)}`
  return new OwnedByAnotherDatabase(`a database other than ${database} has the queues of ${service}: ${whose}`, {
    cause,
  })
}
