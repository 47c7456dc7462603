/** The relay with a real Postgres, and a publisher whose confirms the test controls. */
import { randomUUID } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Publisher, Unconfirmed, type WireMessage } from '@quadrille/messaging'
import { type Database, migrate, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, type TestDatabase } from '@quadrille/testing'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { type Outgoing, outboxMigrations, Relay, type RelayOptions } from '../src/index.ts'

/** Holds published messages until they are confirmed or refused. */
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
/** The last one that the test has started. */
let relay: Relay
const running: Relay[] = []
let hand: ReturnType<typeof handPublisher>
let relayErrors: string[]

beforeEach(async () => {
  test = await createTestDatabase(inject('postgresUrl'))
  await migrate(test.url, outboxMigrations)
  database = openDatabase({ url: test.url, applicationName: 'relay', max: 4, onIdleError: () => undefined })
  hand = handPublisher()
  relayErrors = []
  leases.clear()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()))
  await database.end()
  await test.drop()
})

const startRelay = (options: Partial<RelayOptions> = {}): Relay => {
  const started = new Relay({
    database,
    publisher: hand.publisher,
    service: 'desk',
    contentType: 'application/json',
    redactText: (text) => text,
    onError: (error, step) => relayErrors.push(`${step}: ${error}`),
    storeUnsendable: () => Promise.resolve(),
    sweepEveryMs: 20,
    leaseMs: 200,
    ...options,
  })
  started.start()
  running.push(started)
  relay = started
  return started
}

/** Another session holds a lock meanwhile. */
const whileLocked = (lock: string, work: () => Promise<void>): Promise<void> =>
  database.transaction(async (sql) => {
    await sql.query(lock)
    await work()
  })

const messages = (count: number, body = '{"größe":1}'): Outgoing[] =>
  Array.from({ length: count }, () => ({
    id: randomUUID(),
    type: 'LoanRequested',
    subject: randomUUID(),
    to: { exchange: 'desk.events', routingKey: '' },
    body,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }))

const insert = async (rows: Outgoing[]) => {
  const handoff = await database.transaction((sql) => relay.insert(sql, rows))
  handoff.committed()
  return rows.map(({ id }) => id)
}

/** How often the one row has been leased to a relay, at least. Each lease ends at another time. */
const leases = new Set<number>()
const leasesTaken = async () => {
  const [row] = await database.query<{ leased_until: Date }>('select leased_until from outbox')
  if (row) leases.add(row.leased_until.getTime())
  return leases.size
}
const rowsLeft = async () => (await database.query('select 1 from outbox')).length
const deadline = { timeout: 10_000, interval: 10 }
const until = (condition: () => unknown) => vi.waitFor(async () => expect(await condition()).toBe(true), deadline)

describe('after a commit', () => {
  it('publishes in order, as stored, and deletes after the confirm and not before', async () => {
    startRelay()
    const ids = await insert(messages(50))
    expect(hand.seen).toEqual(ids)
    expect(await rowsLeft()).toBe(50)
    const [first] = hand.pending
    expect(first?.message).toMatchObject({
      type: 'LoanRequested',
      appId: 'desk',
      headers: { traceparent: expect.stringMatching(/^00-/) },
    })
    expect(Buffer.from(first?.message.body ?? []).toString()).toBe('{"größe":1}')
    hand.pending.pop()?.confirm()
    await expect.poll(rowsLeft, deadline).toBe(49)
    hand.confirmAll()
    await until(async () => (await rowsLeft()) === 0)
  })

  it('publishes nothing of a transaction that was rolled back, and frees its window', async () => {
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

  it('sends unconfirmed rows again when their lease has expired', async () => {
    startRelay()
    const ids = await insert(messages(3))
    hand.refuseAll()
    await until(() => hand.seen.length === 6)
    expect(hand.seen.slice(3)).toEqual(ids)
    hand.confirmAll()
    await until(async () => (await rowsLeft()) === 0)
  })
})

describe('rows beyond the window', () => {
  it('wait in the table, are swept, and never exceed window and sweep in flight', async () => {
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
  it('finds the rows of a relay that has ended', async () => {
    startRelay({ window: 0 })
    hand.away('away')
    const ids = await insert(messages(20))
    await relay.stop()
    hand = handPublisher()
    startRelay()
    await until(() => hand.seen.length === 20)
    expect(hand.seen).toEqual(ids)
  })

  it('tolerates gaps, and a row that is committed after younger ones', async () => {
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

  it('shares the rows between two relays, which do not wait for each other: each row is sent once', async () => {
    const limits = { window: 0, sweepSize: 1_500, leaseMs: 60_000 } // so neither can take all
    const other = handPublisher()
    for (const publisher of [hand, other]) publisher.away('until all rows are there')
    startRelay(limits)
    startRelay({ ...limits, publisher: other.publisher })
    const ids = await insert(messages(2_000))
    const sent = () => [...hand.seen, ...other.seen]
    // Like a relay that was stopped in its sweep.
    await whileLocked('select seq from outbox order by seq limit 100 for update', async () => {
      for (const publisher of [hand, other]) publisher.away(null)
      await until(() => sent().length === 1_900)
      expect(relayErrors).toEqual([])
    })
    await until(() => sent().length === 2_000)
    expect(sent().sort()).toEqual(ids.toSorted())
  })

  it('takes the rows of a relay that was stopped for longer than its lease, and none before', async () => {
    startRelay({ leaseMs: 1_000, sweepEveryMs: 60_000 })
    const ids = await insert(messages(3))
    const sentAt = performance.now()
    const other = handPublisher()
    startRelay({ publisher: other.publisher, leaseMs: 1_000 })
    await until(() => other.seen.length === 3)
    expect(performance.now() - sentAt).toBeGreaterThan(900)
    expect(other.seen).toEqual(ids)
    other.confirmAll()
    await until(async () => (await rowsLeft()) === 0)
  })
})

describe('a row whose confirm is lost', () => {
  it('is not sent again by the same relay for some leases, however often the sweep finds it', async () => {
    startRelay({ leaseMs: 50, givenUpAfterLeases: 1_000 })
    await insert(messages(1))
    await until(async () => (await leasesTaken()) > 5)
    expect(hand.seen).toHaveLength(1)
    hand.confirmAll()
    await until(async () => (await rowsLeft()) === 0)
  })

  it('is given up after some leases: that is counted, it is sent again, and its place in the window is free', async () => {
    let overdue = 0
    const senders: string[] = []
    startRelay({
      window: 1,
      leaseMs: 100,
      givenUpAfterLeases: 3,
      onOverdue: () => {
        overdue += 1
      },
      onSend: (_, by) => {
        senders.push(by)
        return () => undefined
      },
    })
    const [id] = await insert(messages(1)) // its first confirm never comes
    await until(() => hand.seen.length === 2)
    expect(hand.seen).toEqual([id, id])
    expect(overdue).toBe(1)
    hand.pending.pop()?.confirm()
    await until(async () => (await rowsLeft()) === 0)
    const [next] = await insert(messages(1))
    expect(hand.seen.at(-1)).toBe(next)
    expect(senders.at(-1)).toBe('relay')
  })

  it('is deleted by a confirm that comes after it was given up', async () => {
    startRelay({ leaseMs: 60_000, givenUpAfterLeases: 1 / 600 }) // 100 ms
    await insert(messages(1))
    await until(() => relayErrors.some((error) => error.includes('no confirm has arrived')))
    hand.confirmAll()
    await until(async () => (await rowsLeft()) === 0)
    expect(hand.seen).toHaveLength(1)
  })

  it('is never given up if a confirm means that a handler has finished with it', async () => {
    startRelay({ publisher: { ...hand.publisher, confirmsHandling: true }, leaseMs: 20, givenUpAfterLeases: 1 })
    await until(() => hand.isDrained()) // it takes nothing before it has counted the crashes of an earlier process
    await insert(messages(1))
    await until(async () => (await leasesTaken()) > 5)
    expect(hand.seen).toHaveLength(1)
  })
})

describe('a deletion that fails', () => {
  it('causes a repetition: the row is sent again, and deleted then', async () => {
    startRelay({ leaseMs: 100 })
    const [id] = await insert(messages(1))
    await whileLocked('lock table outbox in access exclusive mode', async () => {
      hand.confirmAll()
      await vi.waitFor(() => expect(relayErrors.join()).toMatch(/delete: .*lock timeout/), deadline)
    })
    await until(() => hand.seen.length === 2)
    expect(hand.seen).toEqual([id, id])
    hand.confirmAll()
    await until(async () => (await rowsLeft()) === 0)
  })

  it('does not affect others: a locked row stays, and the others are deleted', async () => {
    startRelay({ leaseMs: 60_000 })
    await insert(messages(10))
    await whileLocked('select seq from outbox order by seq limit 1 for update', async () => {
      hand.confirmAll()
      await until(async () => (await rowsLeft()) === 1)
      expect(relayErrors).toEqual([])
    })
  })
})

describe('the end of the backlog of a start', () => {
  it('is reported when the publisher has all rows, whether or not they are confirmed', async () => {
    hand.away('away')
    startRelay()
    await insert(messages(1_200))
    await until(() => relay.backlog().rows === 1_200)
    expect(hand.isDrained()).toBe(false)
    hand.away(null)
    await until(() => hand.isDrained())
    expect(hand.seen).toHaveLength(1_200)
  })

  it('does not wait for a replay before its turn, nor for a locked row', async () => {
    hand.away('away')
    startRelay()
    await insert(messages(2))
    await database.query(
      `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
       values (gen_random_uuid(), 'LoanRequested', gen_random_uuid(), 'desk.events', '', '{}', now() + interval '1 hour')`,
    )
    await whileLocked('select seq from outbox order by seq limit 1 for update', async () => {
      hand.away(null)
      await until(() => hand.isDrained())
    })
    expect(hand.seen).toHaveLength(1)
  })
})

describe('while the broker is unavailable', () => {
  it('accepts 10,000 messages without holding them in memory', async () => {
    hand.away('the broker is away')
    startRelay()
    const before = usedHeap()
    for (let batch = 0; batch < 20; batch += 1) await insert(messages(500, 'x'.repeat(5_000)))
    expect(hand.pending).toHaveLength(0)
    await until(() => relay.backlog().rows === 10_000)
    expect(usedHeap() - before).toBeLessThan(10_000_000) // their bodies alone are 50 MB
    hand.away(null)
    await until(async () => {
      hand.confirmAll()
      return (await rowsLeft()) === 0
    })
    expect(new Set(hand.seen).size).toBe(10_000)
  })
})

/** Bytes in use after a garbage collection. */
const usedHeap = (): number => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}
