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

const script = new URL('crashing-service.ts', import.meta.url)
const { PATH, NODE_COMPILE_CACHE } = process.env

const parcelSent = (senderId: string): Message<'ParcelSent'> => {
  const parcel = aParcel(newParcelId())
  const ordered = { ...parcel, sender: { ...parcel.sender, id: senderId } }
  return seal(draft('ParcelSent', ordered), { service: 'counter', now: noon })
}

interface Fixture {
  readonly database: Database
  /** Starts the service. Resolves to its process when it has started. */
  start(): Promise<ChildProcess>
}

const openFixture = async (env: Record<string, string> = {}): Promise<Fixture> => {
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

/** Starts the service again after each crash, until the message is parked. Resolves to the number of crashes. */
const untilParked = async ({ database, start }: Fixture, first: ChildProcess): Promise<number> => {
  let [child, crashes] = [first, 0]
  const isParked = async () => {
    if (child.exitCode !== null) {
      expect(child.exitCode).toBe(66)
      crashes += 1
      child = await start()
    }
    return (await database.query('select 1 from dead_letter')).length > 0
  }
  await vi.waitUntil(isParked, { timeout: 120_000, interval: 50 })
  return crashes
}

const expectOnlyThePoisonToBeParked = async ({ database }: Fixture, poison: Message, good: readonly Message[]) => {
  const deadLetters = await database.query('select reason, message_id, attempts from dead_letter')
  expect(deadLetters).toEqual([{ reason: 'kills_its_consumer', message_id: poison.id, attempts: 1 }])
  const handled = async () =>
    (await database.query<{ id: string }>('select parcel_id as id from tally')).map(({ id }) => id)
  await vi.waitFor(async () => expect((await handled()).sort()).toEqual(good.map(({ subject }) => subject).sort()), {
    timeout: 20_000,
  })
  await vi.waitFor(async () => expect(await database.query('select 1 from suspect')).toEqual([]), { timeout: 10_000 })
}

const good = () => Array.from({ length: 20 }, () => parcelSent('fine'))

// Each of its tests starts seven processes, one after the other.
describe('a message that crashes its consumer', { timeout: 150_000 }, () => {
  it('is parked after three crashes together with others and three alone, on the in-process broker', async () => {
    const fixture = await openFixture()
    const [poison, before, after] = [parcelSent('poison'), good(), good()]
    const first = await fixture.start()
    first.kill('SIGKILL')
    await once(first, 'exit')
    const messages = [...before, poison, ...after]
    await fixture.database.query(
      `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
       select *, now() from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[])`,
      [
        messages.map(({ id }) => id),
        messages.map(({ type }) => type),
        messages.map(({ subject }) => subject),
        messages.map(() => 'crashing.direct'),
        messages.map(() => 'crashing.inbox'),
        messages.map((message) => JSON.stringify(message)),
      ],
    )
    expect(await untilParked(fixture, await fixture.start())).toBe(6)
    await expectOnlyThePoisonToBeParked(fixture, poison, [...before, ...after])
  })

  it('is parked, and other prefetched messages are not, on RabbitMQ', async () => {
    const vhost = await createVhost(inject('rabbitmqUrl'))
    const broker = amqpBroker(vhost.url, { onError: () => undefined })
    onTestFinished(async () => {
      await broker.close()
      await vhost.drop()
    })
    const fixture = await openFixture({ AMQP_URL: vhost.url })
    const [poison, before, after] = [parcelSent('poison'), good(), good()]
    const first = await fixture.start()
    const parcel = { service: 'counter', essential: true, events: eventsExchange('counter'), direct: 'counter.direct' }
    const { publisher } = broker.join(
      { ...parcel, fanout: null, queues: [], deadLetterQueue: 'counter.dead', requiredInboxes: ['crashing.inbox'] },
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
    expect(await untilParked(fixture, first)).toBe(6)
    await expectOnlyThePoisonToBeParked(fixture, poison, [...before, ...after])
  })
})
