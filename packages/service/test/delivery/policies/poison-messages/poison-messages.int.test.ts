/** A message that crashes every process that handles it, among harmless messages. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { contentType } from '@quadrille/messages'
import { amqpBroker, eventsExchange } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { type Database, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, createVhost, noon } from '@quadrille/testing'
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { aParcel, draft, type Message, newParcelId, seal } from '../../../post.ts'

const script = new URL('mortal.ts', import.meta.url)
const { PATH, NODE_COMPILE_CACHE } = process.env

const placed = (senderId: string): Message<'ParcelSent'> => {
  const parcel = aParcel(newParcelId())
  const ordered = { ...parcel, sender: { ...parcel.sender, id: senderId } }
  return seal(draft('ParcelSent', ordered), { service: 'counter', now: noon })
}

interface World {
  readonly database: Database
  /** Starts the service. Resolves to its process once it runs. */
  start(): Promise<ChildProcess>
}

const aWorld = async (env: Record<string, string> = {}): Promise<World> => {
  const test = await createTestDatabase(inject('postgresUrl'))
  const database = openDatabase({ url: test.url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  const children: ChildProcess[] = []
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL')
    await database.end()
    await test.drop()
  })
  const start = async () => {
    const child = fork(script, { env: { PATH, NODE_COMPILE_CACHE, DATABASE_URL: test.url, ...env } })
    children.push(child)
    await Promise.race([once(child, 'message'), once(child, 'exit')])
    return child
  }
  return { database, start }
}

/** Starts the service again after each crash, until the message is parked. Resolves to how often it died. */
const untilParked = async ({ database, start }: World, first: ChildProcess): Promise<number> => {
  let [child, crashes] = [first, 0]
  const looked = async () => {
    if (child.exitCode !== null) {
      expect(child.exitCode).toBe(66)
      crashes += 1
      child = await start()
    }
    return (await database.query('select 1 from dead_letter')).length > 0
  }
  await vi.waitUntil(looked, { timeout: 60_000, interval: 50 })
  return crashes
}

const expectOnlyThePoisonToBeParked = async ({ database }: World, poison: Message, good: readonly Message[]) => {
  const letters = await database.query('select reason, message_id, attempts from dead_letter')
  expect(letters).toEqual([{ reason: 'kills_its_consumer', message_id: poison.id, attempts: 1 }])
  const handled = async () =>
    (await database.query<{ id: string }>('select parcel_id as id from tally')).map(({ id }) => id)
  await vi.waitFor(async () => expect((await handled()).sort()).toEqual(good.map(({ subject }) => subject).sort()), {
    timeout: 20_000,
  })
  await vi.waitFor(async () => expect(await database.query('select 1 from suspect')).toEqual([]), { timeout: 10_000 })
}

const good = () => Array.from({ length: 20 }, () => placed('fine'))

describe('a message that crashes its consumer', { timeout: 90_000 }, () => {
  it('is parked after three crashes together with others and three alone, on the in-process broker', async () => {
    const world = await aWorld()
    const [poison, before, after] = [placed('poison'), good(), good()]
    const first = await world.start()
    first.kill('SIGKILL')
    await once(first, 'exit')
    const messages = [...before, poison, ...after]
    await world.database.query(
      `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
       select *, now() from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[])`,
      [
        messages.map(({ id }) => id),
        messages.map(({ type }) => type),
        messages.map(({ subject }) => subject),
        messages.map(() => 'mortal.direct'),
        messages.map(() => 'mortal.inbox'),
        messages.map((message) => JSON.stringify(message)),
      ],
    )
    expect(await untilParked(world, await world.start())).toBe(6)
    await expectOnlyThePoisonToBeParked(world, poison, [...before, ...after])
  })

  it('is parked, and other prefetched messages are not, on RabbitMQ', async () => {
    const vhost = await createVhost(inject('rabbitmqUrl'))
    const broker = amqpBroker(vhost.url, { onError: () => undefined })
    onTestFinished(async () => {
      await broker.close()
      await vhost.drop()
    })
    const world = await aWorld({ AMQP_URL: vhost.url })
    const [poison, before, after] = [placed('poison'), good(), good()]
    const first = await world.start()
    const parcel = { service: 'counter', essential: true, events: eventsExchange('counter'), direct: 'counter.direct' }
    const { publisher } = broker.join(
      { ...parcel, fanout: null, queues: [], deadLetterQueue: 'counter.dead', requiredInboxes: ['mortal.inbox'] },
      memoryStores(),
    )
    await vi.waitUntil(() => publisher.waitingFor() === null, { timeout: 20_000 })
    const publish = (message: Message) =>
      publisher.publish(
        { exchange: eventsExchange('counter'), routingKey: '' },
        {
          id: message.id,
          type: message.type,
          correlationId: message.subject,
          appId: 'counter',
          contentType,
          timestamp: noon,
          body: Buffer.from(JSON.stringify(message)),
          headers: {},
        },
      )
    await Promise.all([...before, poison, ...after].map(publish))
    expect(await untilParked(world, first)).toBe(6)
    await expectOnlyThePoisonToBeParked(world, poison, [...before, ...after])
  })
})
