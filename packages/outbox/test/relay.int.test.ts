/** The relay over a real Postgres, with a publisher whose confirms the test gives by hand. */
import { randomUUID } from 'node:crypto'
import { type Publisher, Unconfirmed, type WireMessage } from '@quadrille/messaging'
import { type Database, migrate, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, type TestDatabase } from '@quadrille/testing'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { type Outgoing, outboxMigrations, Relay, type RelayOptions } from '../src/index.ts'

/** Holds what is published until it is confirmed or refused. */
const handPublisher = () => {
  const pending: { message: WireMessage; confirm: () => void; refuse: (error: Error) => void }[] = []
  const seen: string[] = []
  let fault: string | null = null
  let drained = false
  const publisher: Publisher = {
    confirmsHandling: false,
    publish: (_to, message) =>
      new Promise((confirm, refuse) => {
        seen.push(message.id)
        pending.push({ message, confirm, refuse })
      }),
    waitingFor: () => fault,
    drained: () => {
      drained = true
    },
  }
  return {
    publisher,
    seen,
    pending,
    confirmAll: () => pending.splice(0).forEach(({ confirm }) => void confirm()),
    refuseAll: () => pending.splice(0).forEach(({ refuse }) => void refuse(new Unconfirmed('lost'))),
    away: (reason: string | null) => {
      fault = reason
    },
    isDrained: () => drained,
  }
}

let test: TestDatabase
let database: Database
let relay: Relay
let hand: ReturnType<typeof handPublisher>

beforeEach(async () => {
  test = await createTestDatabase(inject('postgresUrl'))
  await migrate(test.url, outboxMigrations)
  database = openDatabase({ url: test.url, applicationName: 'relay', max: 4, onIdleError: () => undefined })
  hand = handPublisher()
})
afterEach(async () => {
  await relay.stop()
  await database.end()
  await test.drop()
})

const startRelay = (options: Partial<RelayOptions> = {}) => {
  relay = new Relay({
    database,
    publisher: hand.publisher,
    service: 'order',
    contentType: 'application/json',
    onError: () => undefined,
    sweepEveryMs: 20,
    leaseMs: 200,
    ...options,
  })
  relay.start()
  return relay
}

const messages = (count: number): Outgoing[] =>
  Array.from({ length: count }, () => ({
    id: randomUUID(),
    type: 'OrderPlaced',
    orderId: randomUUID(),
    to: { exchange: 'order.events', routingKey: '' },
    body: '{"größe":1}',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }))

const insert = async (rows: Outgoing[]) => {
  const handoff = await database.transaction((sql) => relay.insert(sql, rows))
  handoff.committed()
  return rows.map(({ id }) => id)
}

const rowsLeft = async () => (await database.query('select 1 from outbox')).length
const deadline = { timeout: 10_000, interval: 10 }
const until = (condition: () => unknown) => vi.waitFor(async () => expect(await condition()).toBe(true), deadline)

describe('after a commit', () => {
  it('publishes in order, as it was stored, and deletes once confirmed and not before', async () => {
    startRelay()
    const ids = await insert(messages(50))
    expect(hand.seen).toEqual(ids)
    expect(await rowsLeft()).toBe(50)
    const [first] = hand.pending
    expect(first?.message).toMatchObject({
      type: 'OrderPlaced',
      appId: 'order',
      headers: { traceparent: expect.stringMatching(/^00-/) },
    })
    expect(Buffer.from(first?.message.body ?? []).toString()).toBe('{"größe":1}')
    hand.pending.pop()?.confirm()
    await expect.poll(rowsLeft, deadline).toBe(49)
    hand.confirmAll()
    await until(async () => (await rowsLeft()) === 0)
  })

  it('publishes nothing of a transaction that was rolled back, and has its window back', async () => {
    startRelay({ window: 10 })
    for (let round = 0; round < 3; round += 1) {
      const rolledBack = database.transaction(async (sql) => {
        const handoff = await relay.insert(sql, messages(10))
        handoff.abandoned()
        throw new Error('no')
      })
      await expect(rolledBack).rejects.toThrow('no')
    }
    const ids = await insert(messages(10))
    expect(hand.seen).toEqual(ids)
  })

  it('sends again what was not confirmed, when its lease has lapsed', async () => {
    startRelay()
    const ids = await insert(messages(3))
    hand.refuseAll()
    await until(() => hand.seen.length === 6)
    expect(hand.seen.slice(3)).toEqual(ids)
    hand.confirmAll()
    await until(async () => (await rowsLeft()) === 0)
  })
})

describe('what does not fit the window', () => {
  it('waits in the table, is swept, and never has more than window and sweep on its way', async () => {
    startRelay({ window: 10, sweepSize: 5, leaseMs: 60_000 })
    await insert(messages(100))
    let most = 0
    await until(async () => {
      most = Math.max(most, hand.pending.length)
      hand.confirmAll()
      return (await rowsLeft()) === 0
    })
    expect(most).toBeLessThanOrEqual(15)
    expect(new Set(hand.seen).size).toBe(100)
    expect(hand.seen).toHaveLength(100)
  })
})

describe('the sweep', () => {
  it('finds what a relay that is gone has left, and announces that what waited at the start is through', async () => {
    startRelay({ window: 0 })
    hand.away('away')
    const ids = await insert(messages(20))
    await relay.stop()
    hand = handPublisher()
    startRelay()
    await until(() => hand.seen.length === 20)
    expect(hand.seen).toEqual(ids)
    expect(hand.isDrained()).toBe(false)
    hand.confirmAll()
    await until(() => hand.isDrained())
  })

  it('does not care about gaps, nor about a row that is committed after younger ones', async () => {
    startRelay({ window: 0, leaseMs: 60_000 })
    const late = messages(1)
    const inserted = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const slow = database.transaction(async (sql) => {
      await relay.insert(sql, late)
      inserted.resolve()
      await released.promise
    })
    await inserted.promise
    await insert(messages(5))
    await until(() => hand.seen.length === 5)
    released.resolve()
    await slow
    await expect.poll(() => hand.seen[5], deadline).toBe(late[0]?.id)
    hand.confirmAll()
  })

  it('shares the rows between two relays, so that each is sent once', async () => {
    startRelay({ window: 0, leaseMs: 60_000 })
    const other = handPublisher()
    const second = new Relay({
      database,
      publisher: other.publisher,
      service: 'order',
      contentType: 'x',
      onError: () => undefined,
      window: 0,
      sweepEveryMs: 20,
      leaseMs: 60_000,
    })
    second.start()
    const ids = await insert(messages(200))
    await until(() => hand.seen.length + other.seen.length >= 200)
    expect([...hand.seen, ...other.seen].sort()).toEqual(ids.toSorted())
    hand.confirmAll()
    other.confirmAll()
    await second.stop()
  })
})

describe('while the broker is away', () => {
  it('takes 10,000 messages without holding them in memory', async () => {
    hand.away('the broker is away')
    startRelay()
    for (let batch = 0; batch < 20; batch += 1) await insert(messages(500))
    expect(hand.pending).toHaveLength(0)
    await until(() => relay.backlog().rows === 10_000)
    hand.away(null)
    await until(async () => {
      hand.confirmAll()
      return (await rowsLeft()) === 0
    })
    expect(new Set(hand.seen).size).toBe(10_000)
  })
})
