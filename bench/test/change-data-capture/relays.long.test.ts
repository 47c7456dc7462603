/** The conformance suite of relays: the product's, and those by query, trigger and log, on a Postgres with logical replication. */
import { randomUUID } from 'node:crypto'
import { type Inserted, type Outgoing, outboxMigrations } from '@quadrille/outbox'
import { type DatabasePool, migrate, openDatabase, run } from '@quadrille/postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type MakeRelay, maxInFlight, type OutboxRelay } from '../../patterns/change-data-capture/relays/port.ts'
import { relayNames, relays } from '../../patterns/change-data-capture/relays/relays.ts'
import { storeOnly } from '../../patterns/change-data-capture/relays/rows.ts'
import { dropSlot, readSlot } from '../../patterns/change-data-capture/relays/slot.ts'
import { type PostgresServer, startPostgres } from '../../src/systems/postgres.ts'
import { manualPublisher } from './manual-publisher.ts'

let server: PostgresServer
let url: string
/** Of the services that store messages. */
let database: DatabasePool
let hand: ReturnType<typeof manualPublisher>
const running: { readonly stop: () => Promise<void> }[] = []

beforeAll(async () => {
  server = await startPostgres('logical')
})
afterAll(() => server.stop())
beforeEach(async () => {
  const name = `outbox_${randomUUID().slice(0, 8)}`
  await server.create([name])
  url = server.urlOf(name)
  await migrate(url, outboxMigrations)
  database = open()
  hand = manualPublisher()
})
afterEach(async () => {
  for (const { stop } of running.splice(0)) await stop()
  await until(async () => (await readSlot(database))?.active ?? false).toBe(false) // the server notices the end of the reader later
  await dropSlot(database)
  await database.end()
  await server.dropAll()
})

const open = () =>
  openDatabase({ url, applicationName: 'test', max: 8, idleInTransactionMs: 30_000, onIdleError: () => undefined })

/** Starts it like a process of its own. The returned function stops it while the outcome of messages in flight is unknown. */
const start = async (make: MakeRelay) => {
  const own = open()
  const process = manualPublisher()
  hand = process
  const relay = make({ url, database: own, publisher: process.publisher, onError: () => undefined })
  await relay.start()
  let stopped = false
  const stop = async () => {
    if (stopped) return
    stopped = true
    process.setUnavailable('stopping')
    const losing = setInterval(process.refuseAll, 5)
    await relay.stop()
    clearInterval(losing)
    await own.end()
  }
  running.push({ stop })
  return { relay, stop }
}

const messages = (count: number): Outgoing[] =>
  Array.from({ length: count }, () => ({
    id: randomUUID(),
    type: 'LoanRequested',
    subject: randomUUID(),
    to: { exchange: 'desk.events', routingKey: '' },
    body: '{"größe":1}',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }))

const insert = async (relay: OutboxRelay, rows: Outgoing[]) => {
  const handoff = relay.prepare(rows)
  handoff.committed(await database.transaction((sql) => sql.commit<Inserted>(handoff.statements)))
  return rows.map(({ id }) => id)
}
const rowsLeft = async () => (await database.query('select from outbox')).length
const seenIds = () => new Set(hand.seen.map(({ id }) => id))
const until = (condition: () => unknown) => expect.poll(condition, { interval: 10 })
/** Confirms everything until the outbox is empty. */
const drain = () =>
  until(async () => {
    hand.confirmAll()
    return rowsLeft()
  }).toBe(0)

describe.each(relayNames)('the relay by %s', (name) => {
  const make = relays[name]

  it('publishes committed rows unchanged, and deletes a row only after its confirm', async () => {
    const { relay } = await start(make)
    const ids = await insert(relay, messages(50))
    await until(() => [...seenIds()]).toEqual(ids)
    expect(hand.seen[0]).toMatchObject({
      type: 'LoanRequested',
      headers: { traceparent: expect.stringMatching(/^00-/) },
    })
    expect(`${Buffer.from(hand.seen[0]?.body ?? [])}`).toBe('{"größe":1}')
    expect(await rowsLeft()).toBe(50)
    await drain()
    expect(hand.seen).toHaveLength(50)
  })

  it('publishes nothing of a transaction that was rolled back', async () => {
    const { relay } = await start(make)
    const rolledBack = database.transaction(async (sql) => {
      const handoff = relay.prepare(messages(5))
      for (const statement of handoff.statements) await run(sql, statement)
      handoff.abandoned()
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    const ids = await insert(relay, messages(3))
    await until(() => [...seenIds()]).toEqual(ids)
  })

  it('publishes a row that is committed after later ones', async () => {
    const { relay } = await start(make)
    const [late] = messages(1)
    const [inserted, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const slow = database.transaction(async (sql) => {
      for (const statement of relay.prepare(late ? [late] : []).statements) await run(sql, statement)
      inserted.resolve()
      await released.promise
    })
    await inserted.promise
    const ids = await insert(relay, messages(5))
    await until(seenIds).toEqual(new Set(ids))
    await drain()
    released.resolve()
    await slow
    await until(() => seenIds().has(late?.id ?? '')).toBe(true)
  })

  it('publishes a row again if its outcome is unknown', async () => {
    const { relay } = await start(make)
    const ids = await insert(relay, messages(3))
    await until(seenIds).toEqual(new Set(ids))
    hand.refuseAll()
    await until(() => hand.seen.length).toBeGreaterThanOrEqual(6)
    await drain()
    expect(seenIds()).toEqual(new Set(ids))
  })

  it('waits while the broker is unavailable, and then publishes everything', async () => {
    const { relay } = await start(make)
    hand.setUnavailable('down')
    const before = hand.seen.length
    const ids = await insert(relay, messages(maxInFlight + 500))
    expect(hand.seen).toHaveLength(before)
    hand.setUnavailable(null)
    let most = 0
    await until(async () => {
      most = Math.max(most, hand.pending.length)
      hand.confirmAll()
      return rowsLeft()
    }).toBe(0)
    expect(seenIds()).toEqual(new Set(ids))
    expect(most).toBeLessThanOrEqual(maxInFlight)
  })

  it('publishes the rows of a relay that was stopped, and those that were committed meanwhile', async () => {
    const first = await start(make)
    const inFlight = await insert(first.relay, messages(20))
    await until(seenIds).toEqual(new Set(inFlight))
    await first.stop()
    const meanwhile = messages(20)
    for (const statement of storeOnly(meanwhile).statements) await run(database, statement)
    await start(make)
    await until(seenIds).toEqual(new Set([...inFlight, ...meanwhile.map(({ id }) => id)]))
    await drain()
  })

  it('loses nothing of concurrent transactions, of which some were confirmed before it stopped', async () => {
    const first = await start(make)
    const inserting = Promise.all(Array.from({ length: 200 }, () => insert(first.relay, messages(1))))
    const confirmed = new Set<string>()
    await until(() => {
      for (const { message, confirm } of hand.pending.splice(0, 90 - confirmed.size)) {
        confirmed.add(message.id)
        confirm()
      }
      return confirmed.size
    }).toBe(90)
    await inserting
    await until(rowsLeft).toBeLessThan(200)
    await first.stop()
    await start(make)
    await until(() => new Set([...confirmed, ...seenIds()]).size).toBe(200)
    await drain()
  })
})

describe('the relay by trigger', () => {
  it('is notified only while it sleeps, also after a crash of the server has emptied its unlogged table', async () => {
    await start(relays.trigger)
    await database.query('truncate outbox_reader')
    await database.query(`select pg_terminate_backend(pid) from pg_stat_activity
                          where application_name = 'listener' and datname = current_database()`)
    await until(() => database.query('select awake from outbox_reader')).toEqual([{ awake: false }])
  })
})

describe('the relay by log', () => {
  it('reads the table if the server has removed a part of the log', async () => {
    const first = await start(relays.log)
    await insert(first.relay, messages(1))
    await drain()
    await first.stop()
    await server.session.query(`alter system set max_slot_wal_keep_size = '1MB'`)
    await server.session.query('select pg_reload_conf()')
    const ids = await insert(first.relay, messages(10))
    for (let segment = 0; segment < 3; segment += 1) {
      await server.session.query(`select pg_logical_emit_message(false, 'x', repeat('x', 100)), pg_switch_wal()`)
      await server.session.query('checkpoint')
    }
    expect(await readSlot(database)).toMatchObject({ wal_status: 'lost' })
    await start(relays.log)
    await until(seenIds).toEqual(new Set(ids))
    await drain()
    expect(await readSlot(database)).toMatchObject({ wal_status: 'reserved' })
    await server.session.query('alter system reset max_slot_wal_keep_size')
    await server.session.query('select pg_reload_conf()')
  })
})
