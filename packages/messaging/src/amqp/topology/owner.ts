/**
 * The owner of a service's queues: the database of the instances that consume them. An instance with another database, such as a
 * copy for a test, would take part of the messages, and their effects would be in the wrong database. AMQP 0-9-1 can store no
 * name, but RabbitMQ compares one argument of an exchange with that of an existing one: its alternate exchange. So the owner is
 * the name of an alternate exchange.
 */
import type { ChannelModel } from 'amqplib'
import { OwnedByAnotherDatabase } from '../../broker.ts'
import { inboxOf, ownerExchangeOf, ownerNameOf } from '../../topology.ts'
import { queueExists } from './existence.ts'

export interface Owner {
  readonly service: string
  readonly database: string
}

/** The claim of one instance to the queues of its service. */
export interface Ownership {
  /**
   * Makes the database the owner, unless another one is. The first claim also takes the queues from another database, if no instance
   * consumes the inbox. Later ones do not, so a refused instance does not take them while the others restart.
   * @throws {OwnedByAnotherDatabase}
   */
  claim(connection: ChannelModel): Promise<void>
  /**
   * Checks the owner now, and every 10 s until the connection closes, because an instance with another database may take the
   * queues while this one connects. Calls `fail` if it has, or if the check fails.
   */
  watch(connection: ChannelModel, fail: (error: unknown) => void): void
}

/** How often the owner is checked, ms. */
const everyMs = 10_000

export const createOwnership = (owner: Owner): Ownership => {
  let isFirst = true
  return {
    claim: async (connection) => {
      const refusal = await (isFirst ? takeQueues : claimQueues)(connection, owner).then(() => null, ifOwned)
      isFirst = false
      if (refusal) throw refusal
    },
    watch: (connection, fail) => {
      const check = () => void claimQueues(connection, owner).catch(fail)
      const timer = setInterval(check, everyMs)
      connection.once('close', () => clearInterval(timer))
      check()
    },
  }
}

const ifOwned = (error: unknown): OwnedByAnotherDatabase => {
  if (error instanceof OwnedByAnotherDatabase) return error
  throw error
}

const claimQueues = async (connection: ChannelModel, { service, database }: Owner): Promise<void> => {
  const channel = await connection.createChannel()
  channel.on('error', () => undefined) // the call that caused it rejects
  const exchange = ownerExchangeOf(service)
  const alternateExchange = ownerNameOf(service, database)
  try {
    await channel.assertExchange(exchange, 'fanout', { durable: true, internal: true, alternateExchange })
  } catch (error) {
    if (!isOtherOwner(error)) throw error
    throw new OwnedByAnotherDatabase(
      `another database than ${database} uses the queues of ${service}: RabbitMQ shows it as the alternate exchange of ${exchange}`,
      { cause: error },
    )
  }
  await channel.close()
}

const takeQueues = async (connection: ChannelModel, owner: Owner): Promise<void> => {
  try {
    await claimQueues(connection, owner)
  } catch (error) {
    if (!(error instanceof OwnedByAnotherDatabase) || (await isConsumed(connection, owner.service))) throw error
    const channel = await connection.createChannel()
    await channel.deleteExchange(ownerExchangeOf(owner.service))
    await channel.close()
    await claimQueues(connection, owner)
  }
}

const isConsumed = async (connection: ChannelModel, service: string): Promise<boolean> => {
  const inbox = inboxOf(service)
  if (!(await queueExists(connection, inbox))) return false
  const channel = await connection.createChannel()
  const { consumerCount } = await channel.checkQueue(inbox)
  await channel.close()
  return consumerCount > 0
}

/** AMQP 0-9-1, section 1.2 (reply codes): 406 precondition-failed. RabbitMQ's text names the argument. */
const isOtherOwner = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 406 && error.message.includes("'alternate-exchange'")
