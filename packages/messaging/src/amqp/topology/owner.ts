/**
 * The owner of a service's queues: the database of the connected instances. An instance with another database, such as a
 * copy for a test, would take part of the messages, and their effects would be in the wrong database. AMQP 0-9-1 can't read
 * a stored text, but RabbitMQ compares one argument of an exchange with that of an existing one: its alternate exchange. So
 * the owner is the name of an alternate exchange.
 */
import { randomUUID } from 'node:crypto'
import { pause, repeat } from '@quadrille/async'
import type { Channel, ChannelModel } from 'amqplib'
import { OwnedByAnotherDatabase } from '../../broker.ts'
import { isClosedBy, openChannel } from '../channel.ts'
import type { Fail } from '../reconnecting.ts'
import { ownerExchangeOf, ownerNameOf } from './names.ts'

export interface Owner {
  readonly service: string
  readonly database: string
}

/**
 * Claims the queues on a connection, until it closes. Calls `fail` if they are lost before that, such as after a partition of
 * the cluster.
 * @throws {OwnedByAnotherDatabase}
 */
export type Claim = (connection: ChannelModel, fail: Fail) => Promise<void>

/**
 * The claims of one instance. If the first one is refused, so are all others: otherwise a copy would take the queues while all
 * instances of the owner restart. An instance that has had the queues gets them back once the others have left.
 * `repeatEveryMs`: how often a claim is repeated on its connection.
 */
export const createClaim = (owner: Owner, repeatEveryMs = 30_000): Claim => {
  let hadQueues = false
  let refusal: OwnedByAnotherDatabase | null = null
  return async (connection, fail) => {
    if (refusal?.isFinal) throw refusal
    const holding = { ...owner, queue: ownerNameOf(owner.service, randomUUID()) }
    try {
      await take(connection, holding)
    } catch (error) {
      if (!isOtherOwner(error)) throw error
      refusal = otherOwner(owner, { cause: error, isFinal: !hadQueues })
      throw refusal
    }
    hadQueues = true
    void holdAgain(connection, holding, { repeatEveryMs, fail })
  }
}

interface HoldingAgain {
  readonly repeatEveryMs: number
  readonly fail: Fail
}

/** Repeats a claim until it fails or the connection closes. A claim that gets no answer is not repeated: each opens a channel. */
const holdAgain = async (
  connection: ChannelModel,
  holding: Holding,
  { repeatEveryMs, fail }: HoldingAgain,
): Promise<void> => {
  const ended = new AbortController()
  connection.once('close', () => ended.abort())
  const onError = (error: unknown) => {
    ended.abort()
    fail(error)
  }
  await pause(repeatEveryMs, ended.signal)
  await repeat(() => hold(connection, holding), { everyMs: repeatEveryMs, signal: ended.signal, onError })
}

interface Holding extends Owner {
  /** An exclusive queue, which ends with its connection. The exchange ends with the last queue that is bound to it. */
  readonly queue: string
}

/**
 * Holds the queues. An exchange that no queue is bound to belongs to an owner that ended before its binding: deletes it,
 * and tries once more.
 */
const take = async (connection: ChannelModel, holding: Holding): Promise<void> => {
  try {
    await hold(connection, holding)
  } catch (error) {
    if (!isOtherOwner(error) || !(await isDeletedUnused(connection, ownerExchangeOf(holding.service)))) throw error
    await hold(connection, holding)
  }
}

/** The exchange is declared again after the binding, because another owner may have replaced it before. */
const hold = async (connection: ChannelModel, { queue, ...owner }: Holding): Promise<void> => {
  const channel = await openChannel(connection)
  await declare(channel, owner)
  await channel.assertQueue(queue, { exclusive: true, durable: false })
  await channel.bindQueue(queue, ownerExchangeOf(owner.service), '')
  await declare(channel, owner)
  await channel.close()
}

const declare = async (channel: Channel, { service, database }: Owner): Promise<void> => {
  const options = { durable: false, autoDelete: true, internal: true }
  const alternateExchange = ownerNameOf(service, database)
  await channel.assertExchange(ownerExchangeOf(service), 'fanout', { ...options, alternateExchange })
}

/** False if a queue is bound to the exchange. */
const isDeletedUnused = async (connection: ChannelModel, exchange: string): Promise<boolean> => {
  const channel = await openChannel(connection)
  try {
    await channel.deleteExchange(exchange, { ifUnused: true })
  } catch (error) {
    if (isClosedBy('precondition-failed', error)) return false
    throw error
  }
  await channel.close()
  return true
}

/** RabbitMQ's text names the argument that differs. */
const isOtherOwner = (error: unknown): boolean =>
  isClosedBy('precondition-failed', error) && error.message.includes("'alternate-exchange'")

const otherOwner = (
  { service, database }: Owner,
  options: ConstructorParameters<typeof OwnedByAnotherDatabase>[1],
): OwnedByAnotherDatabase => {
  const whose = `RabbitMQ shows it as the alternate exchange of ${ownerExchangeOf(service)}`
  return new OwnedByAnotherDatabase(`a database other than ${database} has the queues of ${service}: ${whose}`, options)
}
