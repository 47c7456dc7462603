/** The relay with a real Postgres, and a publisher whose confirms the test controls. */

import { randomUUID } from 'node:crypto'
import { type Publisher, Unconfirmed, type WireMessage } from '@quadrille/messaging'
import { type Database, run } from '@quadrille/postgres'
import { usedHeap } from '@quadrille/testing/used-heap'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Inserted, type Outgoing, Relay, type RelayOptions } from '../src/index.ts'
import { useDatabase } from './a-database.ts'

/** A publisher that holds messages until the test confirms or rejects them. */
const manualPublisher = () => {
  const pending: { message: WireMessage; confirm: () => void; refuse: (error: Error) => void }[] = []
  const seen: string[] = []
  let fault: string | null = null
  let drained = false
  const publisher: Publisher = {
    publish: (_to, message) =>
      new Promise((confirm, refuse) => {
        seen.push(message.id)
        pending.push({ message, confirm, refuse })
      }),
    waitingFor: () => fault,
    outboxAsQueue: null,
  }
  const outboxAsQueue = {
    drained: () => {
      drained = true
    },
  }
  return {
    publisher,
    /** The same at a broker without queues of its own. */
    publisherWithoutQueues: { ...publisher, outboxAsQueue },
    seen,
    pending,
    confirmAll: () => pending.splice(0).forEach(({ confirm }) => void confirm()),
    refuseAll: () => pending.splice(0).forEach(({ refuse }) => void refuse(new Unconfirmed('lost'))),
    setUnavailable: (reason: string | null) => {
      fault = reason
    },
    isDrained: () => drained,
  }
}

const given = useDatabase()

let database: Database
/** The last one that the test has started. */
let relay: Relay
const running: Relay[] = []
let hand: ReturnType<typeof manualPublisher>
let relayErrors: string[]

beforeEach(() => {
  database = given.database
  hand = manualPublisher()
  relayErrors = []
  leases.clear()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()))
  vi.restoreAllMocks()
})

const startRelay = (options: Partial<RelayOptions> = {}): Relay => {
  const started = new Relay({
    database,
    publisher: hand.publisher,
    service: 'desk',
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

const whileLocked = (lock: string, work: () => Promise<void>): Promise<void> =>
  database.transaction(async (sql) => {
    await sql.query(lock)
    await work()
  })

const messages = (count: number): Outgoing[] =>
  Array.from({ length: count }, () => ({
    id: randomUUID(),
    type: 'LoanRequested',
    subject: randomUUID(),
    to: { exchange: 'desk.events', routingKey: '' },
    body: '{"größe":1}',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }))

const insert = async (rows: Outgoing[]) => {
  const handoff = relay.prepare(rows)
  handoff.committed(await database.transaction((sql) => sql.commit<Inserted>(handoff.statements)))
  return rows.map(({ id }) => id)
}

/** A lower bound for the number of leases of the only row. Each lease ends at a different time. */
const leases = new Set<number>()
const leasesTaken = async () => {
  const [row] = await database.query<{ leased_until: Date }>('select leased_until from outbox')
  if (row) leases.add(row.leased_until.getTime())
  return leases.size
}
const rowsLeft = async () => (await database.query('select 1 from outbox')).length
const until = <T>(read: () => T) => expect.poll(read, { interval: 10 })
/** Before an idle relay would sweep again, which is after a minute. */
const soon = <T>(read: () => T) => expect.poll(read, { interval: 10, timeout: 30_000 })

describe('after a commit', () => {
  it('rows are published in order and unchanged, and deleted only after the confirm', async () => {
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
    await expect.poll(rowsLeft, { interval: 10 }).toBe(49)
    hand.confirmAll()
    await until(rowsLeft).toBe(0)
  })

  it('rows of a transaction that was rolled back are not published, and leave the window', async () => {
    startRelay({ window: 10 })
    for (let round = 0; round < 3; round += 1) {
      const rolledBack = database.transaction(async (sql) => {
        const handoff = relay.prepare(messages(10))
        for (const statement of handoff.statements) await run(sql, statement)
        handoff.abandoned()
        throw new Error('no')
      })
      await expect(rolledBack).rejects.toThrow('no')
    }
    const ids = await insert(messages(10))
    expect(hand.seen).toEqual(ids)
  })

  it('a handoff without messages ignores the rows of the last statement', async () => {
    startRelay()
    const handoff = relay.prepare([])
    const last = { text: 'select 1 as seq, now() as created_at', values: [] }
    const rows = await database.transaction((sql) => sql.commit<Inserted>([last, ...handoff.statements]))
    expect(rows).toHaveLength(1)
    handoff.committed(rows)
    expect(hand.seen).toEqual([])
  })

  it('unconfirmed rows are sent again when their lease has expired', async () => {
    startRelay()
    const ids = await insert(messages(3))
    hand.refuseAll()
    await until(() => hand.seen.length).toBe(6)
    expect(hand.seen.slice(3)).toEqual(ids)
    hand.confirmAll()
    await until(rowsLeft).toBe(0)
  })
})

describe('rows beyond the window', () => {
  it('wait in the table and are swept, within the limits of window and sweep', async () => {
    startRelay({ window: 10, sweepSize: 5, leaseMs: 60_000 })
    await insert(messages(100))
    let most = 0
    await until(async () => {
      most = Math.max(most, hand.pending.length)
      hand.confirmAll()
      return rowsLeft()
    }).toBe(0)
    expect(most).toBeLessThanOrEqual(15)
    expect(new Set(hand.seen).size).toBe(100)
    expect(hand.seen).toHaveLength(100)
  })
})

describe('the sweep', () => {
  it('finds the rows of a stopped relay', async () => {
    startRelay({ window: 0 })
    hand.setUnavailable('unavailable')
    const ids = await insert(messages(20))
    await relay.stop()
    hand = manualPublisher()
    startRelay()
    await until(() => hand.seen.length).toBe(20)
    expect(hand.seen).toEqual(ids)
  })

  it('finds the rows that a stopped relay had in flight, although their leases have not expired', async () => {
    startRelay({ leaseMs: 600_000 })
    const ids = await insert(messages(20))
    expect(hand.seen).toEqual(ids)
    await until(() => relay.backlog().rows).toBe(20)
    await relay.stop()
    hand = manualPublisher()
    startRelay()
    await until(() => hand.seen).toEqual(ids)
  })

  it('finds a row that is committed after later ones', async () => {
    startRelay({ window: 0, leaseMs: 600_000 }) // longer than the poll below, or the lapsed leases would let it pass
    const late = messages(1)
    const inserted = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const slow = database.transaction(async (sql) => {
      for (const statement of relay.prepare(late).statements) await run(sql, statement)
      inserted.resolve()
      await released.promise
    })
    await inserted.promise
    await insert(messages(5))
    await until(() => hand.seen.length).toBe(5)
    released.resolve()
    await slow
    await expect.poll(() => hand.seen[5], { interval: 10 }).toBe(late[0]?.id)
    hand.confirmAll()
  })

  it('shares the rows between two relays, which do not block each other, and sends each row once', async () => {
    const limits = { window: 0, sweepSize: 1_500, leaseMs: 60_000 } // so neither can take all rows
    const other = manualPublisher()
    for (const publisher of [hand, other]) publisher.setUnavailable('until all rows are inserted')
    startRelay(limits)
    startRelay({ ...limits, publisher: other.publisher })
    const ids = await insert(messages(2_000))
    const sent = () => [...hand.seen, ...other.seen]
    // Simulates a relay that is paused during its sweep.
    await whileLocked('select seq from outbox order by seq limit 100 for update', async () => {
      for (const publisher of [hand, other]) publisher.setUnavailable(null)
      await until(() => sent().length).toBe(1_900)
      expect(relayErrors).toEqual([])
    })
    await until(() => sent().length).toBe(2_000)
    expect(sent().sort()).toEqual(ids.toSorted())
  })

  it('takes over the rows of a paused relay when their lease has expired, and not before', async () => {
    startRelay({ leaseMs: 1_000, sweepEveryMs: 60_000 })
    const leasedAt = performance.now()
    const ids = await insert(messages(3))
    const other = manualPublisher()
    startRelay({ publisher: other.publisher, leaseMs: 1_000 })
    await until(() => other.seen.length).toBe(3)
    expect(performance.now() - leasedAt).toBeGreaterThan(900)
    expect(other.seen).toEqual(ids)
    other.confirmAll()
    await until(rowsLeft).toBe(0)
  })
})

describe('a row whose confirm is lost', () => {
  it('is not sent again by the same relay while it is in flight, however often the sweep finds it', async () => {
    startRelay({ leaseMs: 50 })
    await insert(messages(1))
    await until(leasesTaken).toBeGreaterThan(5)
    expect(hand.seen).toHaveLength(1)
    await until(async () => {
      hand.confirmAll() // more than once: a row whose deletion meets the lock of a sweep is sent again
      return rowsLeft()
    }).toBe(0)
  })

  it('is sent again if its deletion meets a lock of another session', async () => {
    startRelay({ leaseMs: 50 })
    const [id] = await insert(messages(1))
    const { calls, settledResults } = vi.spyOn(database, 'query').mock
    const isDone = (call: number) => settledResults[call]?.type === 'fulfilled'
    const hasDeleted = () => calls.some(([text], call) => text.includes('delete from outbox') && isDone(call))
    await whileLocked('select from outbox for update', async () => {
      hand.confirmAll()
      await until(hasDeleted).toBe(true)
    })
    await until(() => hand.seen.length).toBe(2)
    expect(hand.seen).toEqual([id, id])
  })
})

describe('a deletion that fails', () => {
  it('is repeated: the row is sent again, and then deleted', async () => {
    startRelay({ leaseMs: 1_000 })
    const [id] = await insert(messages(1))
    await whileLocked('lock table outbox in access exclusive mode', async () => {
      hand.confirmAll()
      await until(() => relayErrors.join()).toMatch(/delete: .*lock timeout/)
    })
    await until(() => hand.seen.length).toBe(2)
    expect(hand.seen).toEqual([id, id])
    hand.confirmAll()
    await until(rowsLeft).toBe(0)
  })

  it('does not affect other rows: a locked row stays, and the others are deleted', async () => {
    startRelay({ leaseMs: 60_000 })
    await insert(messages(10))
    await whileLocked('select seq from outbox order by seq limit 1 for update', async () => {
      hand.confirmAll()
      await until(rowsLeft).toBe(1)
      expect(relayErrors).toEqual([])
    })
  })
})

describe('the drained signal at startup', () => {
  it('is sent when the publisher has all rows, confirmed or not', async () => {
    hand.setUnavailable('unavailable')
    startRelay({ publisher: hand.publisherWithoutQueues })
    const ids = await insert(messages(1_200))
    await until(() => relay.backlog().rows).toBe(1_200)
    expect(hand.isDrained()).toBe(false)
    hand.setUnavailable(null)
    await until(() => hand.isDrained()).toBe(true)
    expect(hand.seen).toEqual(ids) // the oldest first
  })

  it('does not wait for a row that is not due yet, or for a locked row', async () => {
    hand.setUnavailable('unavailable')
    startRelay({ publisher: hand.publisherWithoutQueues })
    await insert(messages(2))
    await database.query(
      `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
       values (gen_random_uuid(), 'LoanRequested', gen_random_uuid(), 'desk.events', '', '{}', now() + interval '10 minutes')`,
    )
    await whileLocked('select seq from outbox order by seq limit 1 for update', async () => {
      hand.setUnavailable(null)
      await until(() => hand.isDrained()).toBe(true)
      expect(hand.seen).toHaveLength(1)
    })
  })

  it('is sent soon after the publisher may send, also if no row has waited', async () => {
    let asked = 0
    const waitingFor = () => {
      if (relay.recentBacklog()) asked += 1
      return asked > 2 ? null : 'the inbox of another service'
    }
    startRelay({ publisher: { ...hand.publisherWithoutQueues, waitingFor } })
    await soon(() => hand.isDrained()).toBe(true)
  })
})

describe('while the crashes of earlier processes are not counted', () => {
  it('no row is sent, so that none is taken for one of theirs', async () => {
    let mayCount = false
    const query: Database['query'] = (text, values) =>
      text.includes('deaths + 1') && !mayCount
        ? Promise.reject(new Error('no space left'))
        : database.query(text, values)
    startRelay({ publisher: hand.publisherWithoutQueues, database: { ...database, query }, leaseMs: 60_000 })
    await insert(messages(1))
    expect(hand.seen).toEqual([])
    mayCount = true
    await until(() => hand.seen).toHaveLength(1)
    expect(await database.query('select deaths from outbox')).toEqual([{ deaths: 0 }])
  })
})

describe('while the broker is unavailable', () => {
  it('accepts 4,000 messages without holding them in memory', async () => {
    hand.setUnavailable('the broker is unavailable')
    startRelay({ publisher: hand.publisherWithoutQueues })
    const before = usedHeap()
    const large = () => messages(500).map((message) => ({ ...message, body: message.id.repeat(140) }))
    for (let batch = 0; batch < 8; batch += 1) await insert(large())
    expect(hand.pending).toHaveLength(0)
    await until(() => relay.backlog().rows).toBe(4_000)
    expect(usedHeap() - before).toBeLessThan(10_000_000) // their bodies alone are 20 MB
    hand.setUnavailable(null)
    await until(async () => {
      hand.confirmAll()
      return rowsLeft()
    }).toBe(0)
    expect(new Set(hand.seen).size).toBe(4_000)
  })
})
