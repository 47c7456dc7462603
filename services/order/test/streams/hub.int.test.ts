/** Streams of one instance, whose clients read when the test lets them, on a real Postgres. */

import { randomBytes, randomUUID } from 'node:crypto'
import type { Database } from '@quadrille/postgres'
import type { EventSink } from '@quadrille/service'
import { type MigratedDatabase, openMigratedDatabase } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { beforeAll, beforeEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { start } from '../../src/db/history-position.ts'
import { readNewest } from '../../src/db/history-stream.ts'
import { order } from '../../src/service.ts'
import { maxHeldBytes, type StreamSources, streamAll } from '../../src/streams/all-events.ts'
import { Hub } from '../../src/streams/hub.ts'
import { streamOrder } from '../../src/streams/order-events.ts'
import { insert } from './transactions.ts'

let migrated: MigratedDatabase
let database: Database
beforeAll(async () => {
  migrated = await openMigratedDatabase(inject('postgresUrl'), order.migrations)
  database = migrated.database
  return migrated.close
})
beforeEach(() => migrated.empty())

const inTurn: StreamSources['inTurn'] = (read) => read()

/** A client whose stream is full until it reads. */
const createClient = () => {
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  let text = ''
  let isFull = false
  let reading = Promise.withResolvers<void>()
  const sink: EventSink = {
    send: (events) => {
      if (isFull)
        closing.abort() // it is disconnected
      else text += events.toString()
    },
    get isFull() {
      return isFull
    },
    drained: async () => {
      if (isFull) await reading.promise
    },
    close: () => closing.abort(),
    closed: closing.signal,
  }
  return {
    sink,
    ids: () => [...text.matchAll(/^data: .*?"id":"([\da-f-]{36})"/gm)].map(([, id]) => id),
    stopReading: () => {
      isFull = true
      reading = Promise.withResolvers()
    },
    read: () => {
      isFull = false
      reading.resolve()
    },
  }
}

const startHub = ({ query }: Pick<Database, 'query'> = database) =>
  new Hub({ database: { query }, log: { warn: () => undefined } })

/** Inserts an order of a customer. Returns its id. */
const insertOrderOf = async (customerId: string): Promise<string> => {
  const id = randomUUID()
  await database.query(
    `insert into customer_order (id, status, settled, customer_id, customer_email, currency, total, lines, payment, inventory,
                                 notifications, created_at, updated_at, expires_at)
     values ($1, 'placed', false, $2, 'ada@example.com', 'EUR', 100, '[]', 'pending', 'pending', '[]', now(), now(), now())`,
    [id, customerId],
  )
  return id
}

/** Follows all events from now on. */
const follow = async (hub: Hub, client: ReturnType<typeof createClient>) => {
  const stream = streamAll({ hub, database, inTurn }, await readNewest(database), {})
  void stream.open(client.sink)
  await waitFor(() => expect(stream.heartbeat?.()).toMatch(/^id: \S+\n\n$/))
}

it('a stream whose stored events cannot be read leaves no subscription', async () => {
  const hub = startHub()
  const [failed, other] = [createClient(), createClient()]
  await insert(database, randomUUID())
  await follow(hub, other)
  const late = vi.fn()
  const followers: StreamSources['hub'] = {
    position: null,
    warn: hub.warn,
    followOrder: () => Promise.resolve(),
    follow: (after, filter, { sink }) => hub.follow(after, filter, { sink, take: late }),
  }
  const query = () => Promise.reject(new Error('the connection was lost'))
  const stream = streamAll({ hub: followers, database: { query }, inTurn }, start, {})
  await expect(stream.open(failed.sink)).rejects.toThrow('lost')
  failed.sink.close() // as the shell does
  const id = await insert(database, randomUUID())
  await waitFor(() => expect(other.ids()).toEqual([id]))
  expect(late).not.toHaveBeenCalled()
})

it('a client that selects by customer gets the event of a read that began before it joined', async () => {
  const held = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const query = async <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
    const rows = await database.query<Row>(text, values)
    if (!text.includes('null as customer_id') || !JSON.stringify(rows).includes('OrderPlaced')) return rows
    held.resolve()
    await release.promise
    return rows
  }
  const hub = startHub({ query })
  await follow(hub, createClient())
  const orderId = await insertOrderOf('ada')
  const before = await readNewest(database)
  const id = await insert(database, orderId)
  await held.promise
  const [ofAda, ofBob] = [createClient(), createClient()]
  void streamAll({ hub, database, inTurn }, before, { customerId: 'ada' }).open(ofAda.sink)
  void streamAll({ hub, database, inTurn }, before, { customerId: 'bob' }).open(ofBob.sink)
  release.resolve()
  await waitFor(() => expect(ofAda.ids()).toEqual([id]))
  expect(ofBob.ids()).toEqual([])
})

it('a look waits for a while after one with many events', async () => {
  const reads: { readonly events: number; readonly begunMs: number; endedMs: number }[] = []
  const query = async <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
    const begunMs = performance.now()
    const rows = await database.query<Row>(text, values)
    reads.push({ events: rows.length, begunMs, endedMs: performance.now() })
    return rows
  }
  const hub = startHub({ query })
  const client = createClient()
  await follow(hub, client)
  const orderId = randomUUID()
  await database.transaction(async (sql) => {
    for (let count = 0; count < 60; count += 1) await insert(sql, orderId)
  })
  await waitFor(() => expect(client.ids()).toHaveLength(60))
  hub.wake()
  const many = reads.findIndex(({ events }) => events === 60)
  await waitFor(() => expect(reads.length).toBeGreaterThan(many + 1))
  const [look, next] = reads.slice(many)
  expect((next?.begunMs ?? 0) - (look?.endedMs ?? 0)).toBeGreaterThan(90)
})

it('a client that reads slowly gets each event once, and is not disconnected', async () => {
  const hub = startHub()
  const [slow, quick] = [createClient(), createClient()]
  for (const client of [slow, quick]) await follow(hub, client)
  const first = await insert(database, randomUUID())
  await waitFor(() => expect(slow.ids()).toEqual([first]))
  slow.stopReading()
  const ids = [first]
  for (let count = 2; count <= 4; count += 1) {
    ids.push(await insert(database, randomUUID()))
    await waitFor(() => expect(quick.ids()).toHaveLength(count))
  }
  expect(slow.ids()).toEqual([first])
  slow.read()
  await waitFor(() => expect(slow.ids()).toEqual(ids))
  ids.push(await insert(database, randomUUID()))
  await waitFor(() => expect(slow.ids()).toEqual(ids))
  expect(quick.ids()).toEqual(ids)
})

it('a client of one order that reads slowly gets each event once, and is not disconnected', async () => {
  const hub = startHub()
  const [slow, quick] = [createClient(), createClient()]
  const orderId = randomUUID()
  const ids = [await insert(database, orderId)]
  for (const { sink } of [slow, quick]) void streamOrder({ hub, database, inTurn }, { orderId, after: null }).open(sink)
  await waitFor(() => expect([slow.ids(), quick.ids()]).toEqual([ids, ids]))
  slow.stopReading()
  for (let count = 2; count <= 4; count += 1) {
    ids.push(await insert(database, orderId))
    await waitFor(() => expect(quick.ids()).toHaveLength(count))
  }
  expect(slow.ids()).toHaveLength(1)
  slow.read()
  await waitFor(() => expect(slow.ids()).toEqual(ids))
  ids.push(await insert(database, orderId))
  await waitFor(() => expect([slow.ids(), quick.ids()]).toEqual([ids, ids]))
})

it('a stream of one order reads again after its events could not be read', async () => {
  const client = createClient()
  const orderId = randomUUID()
  const ids = [await insert(database, orderId)]
  let isLost = false
  const query: Database['query'] = (text, values) => {
    if (!isLost) return database.query(text, values)
    isLost = false
    return Promise.reject(new Error('the connection was lost'))
  }
  void streamOrder({ hub: startHub(), database: { query }, inTurn }, { orderId, after: null }).open(client.sink)
  await waitFor(() => expect(client.ids()).toEqual(ids))
  isLost = true
  ids.push(await insert(database, orderId))
  await waitFor(() => expect(client.ids()).toEqual(ids))
})

it('the stored events of a client that has left while it waited for its turn are not read', async () => {
  const client = createClient()
  await insert(database, randomUUID())
  const query = vi.fn()
  const leaving: StreamSources['inTurn'] = (read) => {
    client.sink.close()
    return read()
  }
  await streamAll({ hub: startHub(), database: { query }, inTurn: leaving }, start, {}).open(client.sink)
  expect(query).not.toHaveBeenCalled()
})

it('a client that joins between two parts of a long read gets each event once', async () => {
  let isHeld = false
  const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const query = async <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
    if (isHeld) held.resolve()
    if (isHeld) await release.promise
    const rows = await database.query<Row>(text, values)
    isHeld ||= rows.length === 500
    return rows
  }
  const hub = startHub({ query })
  await follow(hub, createClient())
  const before = await readNewest(database)
  await database.query(
    `insert into order_event (order_id, id, event)
     select gen_random_uuid(), gen_random_uuid(), '{"type":"OrderPlaced"}' from generate_series(1, 600)`,
  )
  await held.promise
  const late = createClient()
  void streamAll({ hub, database, inTurn }, before, {}).open(late.sink)
  release.resolve()
  const last = randomUUID()
  await database.query(
    `insert into order_event (order_id, id, event) values (gen_random_uuid(), $1, '{"type":"OrderPlaced"}')`,
    [last],
  )
  await waitFor(() => expect(late.ids()).toContain(last))
  expect([late.ids().length, new Set(late.ids()).size]).toEqual([601, 601])
})

it('a client that was slow has one subscription', async () => {
  const hub = startHub()
  const taken = vi.fn()
  const followed: StreamSources['hub'] = {
    get position() {
      return hub.position
    },
    warn: hub.warn,
    followOrder: () => Promise.resolve(),
    follow: (after, selection, { sink, take }) =>
      hub.follow(after, selection, {
        sink,
        take: (...events) => {
          taken()
          take(...events)
        },
      }),
  }
  const client = createClient()
  const stream = streamAll({ hub: followed, database, inTurn }, await readNewest(database), {})
  void stream.open(client.sink)
  await waitFor(() => expect(stream.heartbeat?.()).toBeDefined())
  client.stopReading()
  const ids = [await insert(database, randomUUID())]
  await waitFor(() => expect(taken).toHaveBeenCalled())
  client.read()
  await waitFor(() => expect(client.ids()).toEqual(ids))
  await waitFor(() => expect(stream.heartbeat?.()).toBeDefined())
  taken.mockClear()
  ids.push(await insert(database, randomUUID()))
  await waitFor(() => expect(client.ids()).toEqual(ids))
  expect(taken).toHaveBeenCalledTimes(1)
})

it('clients are disconnected, so that they resume, if Postgres has lost transactions in a failover', async () => {
  let isLost = false
  const query = async <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
    const rows = await database.query<Row>(text, values)
    return isLost ? rows.map((row) => ({ ...row, snapshot: '3:3:' })) : rows
  }
  const hub = startHub({ query })
  const client = createClient()
  await follow(hub, client)
  isLost = true
  await waitFor(() => expect(client.sink.closed.aborted).toBe(true))
})

/** A client that reads a part of its stream only when the test lets it. `ids`: of the events that the stream has sent. */
const createPausedClient = () => {
  const client = createClient()
  let hasSent = Promise.withResolvers<void>()
  let reads = Promise.withResolvers<void>()
  const drained = async () => {
    hasSent.resolve()
    await reads.promise
  }
  return {
    ids: client.ids,
    sink: { ...client.sink, isFull: false, drained },
    /** Resolves when the stream waits for the client. */
    untilSent: () => hasSent.promise,
    read: () => {
      const read = reads
      hasSent = Promise.withResolvers()
      reads = Promise.withResolvers()
      read.resolve()
    },
  }
}

/** Sources that count the events which a stream reads. */
const countReads = (hub: Hub) => {
  let events = 0
  const query = async <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
    const rows = await database.query<Row>(text, values)
    events += rows.length
    return rows
  }
  return { sources: { hub, database: { query }, inTurn }, events: () => events }
}

const [size, many] = [100_000, 12]
const largeType = (): string => randomBytes(size / 2).toString('hex')

describe.each([
  { stream: 'all orders', open: (sources: StreamSources) => streamAll(sources, start, {}) },
  {
    stream: 'one order',
    open: (sources: StreamSources, orderId: string) => streamOrder(sources, { orderId, after: null }),
  },
])('a slow client of the events of $stream', ({ open }) => {
  it('gets each event once, while the stream holds those of one read', async () => {
    const orderId = randomUUID()
    const ids: string[] = []
    for (let count = 0; count < many; count += 1) ids.push(await insert(database, orderId, largeType()))
    const client = createPausedClient()
    const { sources, events } = countReads(startHub())
    void open(sources, orderId).open(client.sink)
    while (client.ids().length < many) {
      await client.untilSent()
      expect((events() - client.ids().length) * size).toBeLessThanOrEqual(maxHeldBytes)
      client.read()
    }
    expect(client.ids()).toEqual(ids)
  })
})

it('a slow client gets each event once, also after more new ones than may wait for it', async () => {
  const client = createPausedClient()
  const { sources, events } = countReads(startHub())
  const ids = [await insert(database, randomUUID())]
  const other = createClient()
  await follow(sources.hub, other)
  void streamAll(sources, start, {}).open(client.sink)
  await client.untilSent()
  for (let count = 0; count < many; count += 1) ids.push(await insert(database, randomUUID(), largeType()))
  await waitFor(() => expect(other.ids()).toHaveLength(many))
  while (client.ids().length < ids.length) {
    await client.untilSent()
    client.read()
  }
  expect(client.ids()).toEqual(ids)
  expect(events()).toBe(ids.length) // it has read all new ones, none of which waits
})
