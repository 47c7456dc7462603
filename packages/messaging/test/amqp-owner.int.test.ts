/** Only instances with one database use the queues of a service at a time. */
import { type ChannelModel, connect } from 'amqplib'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  ackAll,
  aPair,
  aService,
  ids,
  memoryStores,
  observe,
  outbox,
  unique,
  until,
  withoutInbox,
} from '../conformance/index.ts'
import { exchangeExists } from '../src/amqp/topology/existence.ts'
import { ownerExchangeOf } from '../src/amqp/topology/names.ts'
import { createClaim } from '../src/amqp/topology/owner.ts'
import { amqpBroker, OwnedByAnotherDatabase, type ServiceTopology } from '../src/index.ts'
import { useRabbitMq } from './use-rabbitmq.ts'

const rabbit = useRabbitMq()

/** An instance of a service with this database. */
const join = (topology: ServiceTopology, database: string) => {
  const errors: unknown[] = []
  const broker = amqpBroker(rabbit.vhost.url, { onError: (error) => errors.push(error), reconnectMaxMs: 200 })
  onTestFinished(() => broker.close())
  return { participant: broker.join(topology, { ...memoryStores(), database }), errors, leave: () => broker.close() }
}

it('a service with another database takes no message, and reports it', async () => {
  const { publisher: from, consumer: to, inbox, events } = aPair()
  const owner = join(to, '7000.shop')
  const arrived = observe(owner.participant, inbox, { handle: ackAll })
  await until(() => owner.participant.disconnected()).toBeNull()
  const copy = join(to, '7001.copy')
  const { ids: taken } = observe(copy.participant, inbox, { handle: ackAll })
  await until(() => copy.participant.disconnected() ?? 'connected').toContain(
    'a database other than 7001.copy has the queues',
  )
  await outbox(join(from, '7000.shop').participant.publisher, events, ids(100))
  await until(() => arrived.ids().length).toBe(100)
  expect(taken()).toEqual([])
  expect(copy.errors[0]).toBeInstanceOf(OwnedByAnotherDatabase)
  await until(() => copy.participant.isRefused()).toBe(true)
  expect(owner.errors).toEqual([])
  expect(owner.participant.isRefused()).toBe(false)
})

it('another instance with the same database shares the queues', async () => {
  const shop = withoutInbox(aService(unique('shop')))
  const instances = [join(shop, '7000.shop'), join(shop, '7000.shop')]
  await until(() => instances.map(({ participant }) => participant.disconnected())).toEqual([null, null])
})

it('of two services that start at once with two databases, one is refused', async () => {
  const shop = withoutInbox(aService(unique('shop')))
  const starting = ['7000.shop', '7001.copy'].map((database) => join(shop, database).participant)
  const states = () => starting.map((one) => one.disconnected() ?? 'connected').toSorted()
  await until(states).toEqual([expect.stringMatching(/^a database other than 700/), 'connected'])
})

it('a service takes the queues if it starts after all instances with another database have left', async () => {
  const { publisher: from, consumer: to, inbox, events } = aPair()
  const before = join(to, '7000.shop')
  await until(() => before.participant.disconnected()).toBeNull()
  await outbox(join(from, '7000.shop').participant.publisher, events, ids(10))
  await before.leave()
  const { ids: arrived } = observe(join(to, '7002.restored').participant, inbox, { handle: ackAll })
  await until(arrived).toEqual(ids(10))
  const late = join(to, '7000.shop')
  await until(() => late.participant.disconnected() ?? 'connected').toContain('a database other than 7000.shop')
})

describe('a claim', () => {
  const open = async (): Promise<ChannelModel> => {
    const connection = await connect(rabbit.vhost.url)
    onTestFinished(() => connection.close().catch(() => undefined))
    return connection
  }
  const claimFor = (service: string, database: string) => {
    const claim = createClaim({ service, database })
    return (connection: ChannelModel) => claim(connection, (error) => expect.fail(String(error)))
  }
  /** Closes the last connection of a service, as an outage does. */
  const closeLast = async (service: string, connection: ChannelModel) => {
    await connection.close()
    await until(() => exchangeExists(rabbit.connection, ownerExchangeOf(service))).toBe(false)
  }

  it('that is refused at first is never granted, so a copy does not take the queues while the others restart', async () => {
    const service = unique('shop')
    const claim = claimFor(service, '7000.shop')
    const claimOfCopy = claimFor(service, '7001.copy')
    const connection = await open()
    await claim(connection)
    await expect(claimOfCopy(await open())).rejects.toThrow(OwnedByAnotherDatabase)
    await closeLast(service, connection)
    await expect(claimOfCopy(await open())).rejects.toMatchObject({ isFinal: true })
    await claim(await open())
  })

  it('of an instance that had the queues is granted once the others have left', async () => {
    const service = unique('shop')
    const claim = claimFor(service, '7000.shop')
    const claimOfCopy = claimFor(service, '7001.copy')
    const [first, ofCopy] = [await open(), await open()]
    await claim(first)
    await closeLast(service, first)
    await claimOfCopy(ofCopy)
    await expect(claim(await open())).rejects.toMatchObject({ isFinal: false })
    await closeLast(service, ofCopy)
    await claim(await open())
  })
  it('replaces an owner that ended before it was bound', async () => {
    const service = unique('shop')
    const options = {
      durable: false,
      autoDelete: true,
      internal: true,
      alternateExchange: `${service}.owner.7001.gone`,
    }
    await rabbit.channel.assertExchange(ownerExchangeOf(service), 'fanout', options)
    await claimFor(service, '7000.shop')(await open())
    await expect(claimFor(service, '7001.gone')(await open())).rejects.toThrow(OwnedByAnotherDatabase)
  })
  it('is repeated, and fails its connection once another owner has replaced it', async () => {
    const service = unique('shop')
    const failed = Promise.withResolvers<unknown>()
    await createClaim({ service, database: '7000.shop' }, 100)(await open(), failed.resolve)
    const options = {
      durable: false,
      autoDelete: true,
      internal: true,
      alternateExchange: `${service}.owner.7001.copy`,
    }
    const replace = async () => {
      const channel = await rabbit.connection.createChannel()
      channel.on('error', () => undefined) // the claim was repeated in between
      await channel.deleteExchange(ownerExchangeOf(service))
      await channel.assertExchange(ownerExchangeOf(service), 'fanout', options)
      return true
    }
    await until(() => replace().catch(() => false)).toBe(true)
    expect(await failed.promise).toMatchObject({ code: 406 })
  })
  it('is repeated only after RabbitMQ has answered the previous time, because each time needs a channel', async () => {
    const connection = await open()
    const channels = vi.spyOn(connection, 'createChannel')
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    await createClaim({ service: unique('shop'), database: '7000.shop' }, 10)(connection, () => undefined)
    const before = channels.mock.calls.length
    channels.mockReturnValue(new Promise(() => undefined))
    await vi.advanceTimersByTimeAsync(100)
    expect(channels.mock.calls.length).toBe(before + 1)
  })
})
