/** Crashes of a process with a message in flight, with the in-process broker. */

import { randomUUID } from 'node:crypto'
import { type DeadLetter, type Delivery, inProcessBroker, type ServiceTopology } from '@quadrille/messaging'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, it, onTestFinished } from 'vitest'
import { type Inserted, type Outgoing, Relay, retryTable } from '../src/index.ts'
import { open, useDatabase } from './a-database.ts'

const given = useDatabase()

const service: ServiceTopology = {
  ...{ service: 'diver', essential: true, events: 'diver.events', direct: 'diver.direct', fanout: null },
  ...{ queues: [{ name: 'diver.inbox', exchanges: [] }], deadLetterQueue: 'diver.dead', requiredInboxes: [] },
}

const aTask = (): Outgoing => ({
  ...{ id: randomUUID(), type: 'Dive', subject: randomUUID(), body: '{}', traceparent: undefined },
  to: { exchange: 'diver.direct', routingKey: 'diver.inbox' },
})

/**
 * A process, which holds its deliveries. Leases are so long that only the count at a start returns messages. If it dies after storing a
 * retry, it does not know that it has stored it.
 */
const start = ({ diesAfterRetry = false } = {}) => {
  const database = open(given.url)
  const broker = inProcessBroker({ onError: () => undefined, pollMs: 10, leaseMs: 600_000 })
  const parked: DeadLetter[] = []
  const deadLetters = {
    add: (deadLetters: readonly DeadLetter[]) => {
      parked.push(...deadLetters)
      return Promise.resolve()
    },
  }
  const redactText = (text: string) => text
  const retries = retryTable(database)
  const add: typeof retries.add = async (...deliveries) => {
    await retries.add(...deliveries)
    if (diesAfterRetry) await die()
  }
  const stores = { database: 'test', retries: { ...retries, add }, deadLetters, redactText }
  const participant = broker.join(service, stores)
  const { publisher } = participant
  const common = {
    ...{ service: 'diver', redactText },
    ...{ onError: () => undefined, sweepEveryMs: 10, leaseMs: 600_000 },
  }
  const relay = new Relay({ database, publisher, storeUnsendable: () => Promise.resolve(), ...common })
  relay.start()
  const held: Delivery[] = []
  participant.consume('diver.inbox', (delivery) => held.push(delivery), { prefetch: 10 })
  let end: Promise<unknown> | null = null
  const stop = () => (end ??= Promise.all([broker.close(), relay.stop()]).then(() => database.end()))
  /** Simulates a crash: the process loses its connection to Postgres. */
  const dead = Promise.withResolvers<void>()
  const die = async () => {
    end = database.end()
    await end
    onTestFinished(() => Promise.all([broker.close(), relay.stop()]).then(() => undefined))
    dead.resolve()
  }
  onTestFinished(async () => void (await stop()))
  const send = async (...tasks: Outgoing[]) => {
    const handoff = relay.prepare(tasks)
    handoff.committed(await database.transaction((sql) => sql.commit<Inserted>(handoff.statements)))
  }
  const isWaitingForLock = async () =>
    (
      await database.query(
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      )
    ).length > 0
  const outbox = () =>
    database.query<{ taken: boolean; crashes: number }>('select taken, deaths as crashes from outbox order by seq')
  const sweepSoon = () => relay.sweepSoon()
  const leave = () => participant.leave()
  return { database, held, parked, send, sweepSoon, leave, outbox, isWaitingForLock, stop, die, dead: dead.promise }
}

const until = <T>(read: () => T) => expect.poll(read, { interval: 5 })

const crashesAndAttempts = (held: readonly Delivery[]) => held.map(({ crashes, attempts }) => [crashes, attempts])

it('the crashes of a message are counted in outbox and retry table, and its dead letter has all attempts', async () => {
  const first = start()
  await first.send(aTask())
  await until(() => crashesAndAttempts(first.held)).toEqual([[0, 0]])
  await first.die()
  const second = start()
  await until(() => crashesAndAttempts(second.held)).toEqual([[1, 0]])
  await second.die()
  const third = start()
  await until(() => crashesAndAttempts(third.held)).toEqual([[2, 0]])
  third.held[0]?.retry({ error: new Error('not\0yet'), delayMs: 0 })
  await until(() => crashesAndAttempts(third.held).slice(1)).toEqual([[0, 1]])
  await waitFor(async () => expect(await third.outbox()).toEqual([]))
  await third.die()
  const fourth = start()
  await until(() => crashesAndAttempts(fourth.held)).toEqual([[1, 1]])
  fourth.held[0]?.park({ reason: 'too_deep', error: new Error('no way up') })
  await until(() => fourth.parked).toHaveLength(1)
  expect(fourth.parked).toMatchObject([{ reason: 'too_deep', attempts: 2 }])
})

it('a message has one row in the retry table, although each process dies after storing its retry', async () => {
  const task = aTask()
  const sender = start()
  await sender.send(task)
  await sender.die()
  const failure = { error: new Error('not yet'), delayMs: 0 }
  for (const attempts of [1, 2, 3, 4]) {
    const dying = start({ diesAfterRetry: true })
    // The row of the outbox stays too: its confirm is lost each time.
    await until(() => dying.held.map((delivery) => delivery.attempts).sort()).toEqual([...new Set([0, attempts - 1])])
    for (const delivery of dying.held) delivery.retry(failure)
    await dying.dead
    expect(await given.database.query("select message ->> 'id' as id, attempts from retry")).toEqual([
      { id: task.id, attempts },
    ])
  }
  const last = start()
  await until(() => last.held.length).toBe(2)
  for (const delivery of last.held) delivery.ack()
  await waitFor(async () =>
    expect(await given.database.query('select id from outbox union all select null from retry')).toEqual([]),
  )
})

it('no crash is counted for a row that a stopped process released, or that is not due yet', async () => {
  const first = start()
  await first.send(aTask())
  await until(() => first.held.length).toBe(1)
  expect(await first.outbox()).toEqual([{ taken: true, crashes: 0 }])
  await first.database.query(
    `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
     values (gen_random_uuid(), 'Dive', gen_random_uuid(), 'diver.direct', 'diver.inbox', '{}', now() + interval '10 minutes')`,
  )
  await first.stop()
  const second = start()
  await until(() => crashesAndAttempts(second.held)).toEqual([[0, 0]])
  expect(await second.outbox()).toEqual([
    { taken: true, crashes: 0 },
    { taken: false, crashes: 0 },
  ])
})

it('no crash is counted for a row whose consumer has left before the relay of its process stopped', async () => {
  const first = start()
  await first.send(aTask())
  await until(() => first.held.length).toBe(1)
  await first.leave()
  await first.stop()
  const second = start()
  await until(() => crashesAndAttempts(second.held)).toEqual([[0, 0]])
})

it('no crash is counted for a row of the retry table that a stopped process held', async () => {
  const first = start()
  await first.send(aTask())
  await until(() => first.held.length).toBe(1)
  first.held[0]?.retry({ error: new Error('not yet'), delayMs: 0 })
  await until(() => crashesAndAttempts(first.held).slice(1)).toEqual([[0, 1]])
  await first.stop()
  const second = start()
  await until(() => crashesAndAttempts(second.held)).toEqual([[0, 1]])
})

it('no crash is counted for a row that a sweep leased while its process was stopping', async () => {
  const first = start()
  let stopped: Promise<unknown> = Promise.resolve()
  await first.database.transaction(async (sql) => {
    await sql.query(
      `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
       values (gen_random_uuid(), 'Dive', gen_random_uuid(), 'diver.direct', 'diver.inbox', '{}', now())`,
    )
    await sql.query('lock table outbox in share mode')
    first.sweepSoon()
    await waitFor(async () => expect(await first.isWaitingForLock()).toBe(true))
    stopped = first.stop()
  })
  await stopped
  expect(first.held).toEqual([])
  const second = start()
  await until(() => crashesAndAttempts(second.held)).toEqual([[0, 0]])
})
