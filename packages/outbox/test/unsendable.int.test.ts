/** Rows that can't be sent, such as all rows of an exchange that no longer exists. */
import { randomUUID } from 'node:crypto'
import { type DeadLetter, Unsendable } from '@quadrille/messaging'
import { type Database, run } from '@quadrille/postgres'
import { expect, it, onTestFinished, vi } from 'vitest'
import { findInOutbox, type Outgoing, Relay, type RelayOptions } from '../src/index.ts'
import { insertOutbox, outboxBacklog } from '../src/outbox.ts'
import { subject, useDatabase } from './a-database.ts'

const given = useDatabase()

const to = { exchange: 'stacks.closed', routingKey: '' }
const loan = (): Outgoing => ({ id: randomUUID(), type: 'BooksLent', subject, to, body: '{}', traceparent: undefined })

const leaseMs = 60_000

/** Not started. */
const aRelay = (
  database: Database,
  options: Pick<RelayOptions, 'publisher' | 'storeUnsendable' | 'sweepSize' | 'maxSendAttempts'>,
) =>
  new Relay({
    ...{ database, service: 'stacks', redactText: String },
    ...{ sweepEveryMs: 20, leaseMs, maxSendAttempts: 1, onError: () => undefined },
    ...options,
  })

it('holds no more of them than fit in the window, and reads no row again that waits to be settled', async () => {
  const { database } = given
  const rows = Array.from({ length: 1_000 }, loan)
  await run(database, insertOutbox(rows, { leased: 0, leaseMs: 0 }))
  let [tried, parked, held] = [0, 0, 0]
  const publish = () => {
    tried += 1
    held = Math.max(held, tried - parked)
    return Promise.reject(new Unsendable('it no longer exists'))
  }
  const relay = aRelay(database, {
    publisher: { publish, waitingFor: () => null, outboxAsQueue: null },
    storeUnsendable: async (_, { length }) => {
      parked += length
    },
    sweepSize: 100,
  })
  relay.start()
  onTestFinished(() => relay.stop())
  await expect.poll(() => parked).toBe(rows.length)
  expect(tried).toBe(rows.length)
  expect(held).toBeLessThanOrEqual(100)
})

it('gives their dead letters the time of the database, also on a machine whose clock is late', async () => {
  const { database } = given
  await run(database, insertOutbox([loan()], { leased: 0, leaseMs: 0 }))
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 })
  onTestFinished(() => void vi.useRealTimers())
  const parked: DeadLetter[] = []
  const relay = aRelay(database, {
    publisher: {
      publish: () => Promise.reject(new Unsendable('it no longer exists')),
      ...{ waitingFor: () => null, outboxAsQueue: null },
    },
    storeUnsendable: async (_, unsendable) => void parked.push(...unsendable.map(({ deadLetter }) => deadLetter)),
  })
  relay.start()
  onTestFinished(() => relay.stop())
  await expect.poll(() => parked).toHaveLength(1)
  const [{ firstFailedAt, lastFailedAt } = { firstFailedAt: 0, lastFailedAt: 0 }] = parked
  expect(Number(lastFailedAt)).toBeGreaterThanOrEqual(Number(firstFailedAt))
})

it('deletes a row in the transaction that stores its dead letter', async () => {
  const { database } = given
  const publish = () => Promise.reject(new Unsendable('it no longer exists'))
  const left: number[] = []
  const relay = aRelay(database, {
    publisher: { publish, waitingFor: () => null, outboxAsQueue: null },
    storeUnsendable: async (sql) => void left.push((await sql.query('select 1 from outbox')).length),
  })
  await run(database, insertOutbox([loan()], { leased: 0, leaseMs: 0 }))
  relay.start()
  onTestFinished(() => relay.stop())
  await expect.poll(() => left).toEqual([0])
})

it('shows a row that pauses after a failure, with the time of the next attempt', async () => {
  const { database } = given
  const publish = () => Promise.reject(new Unsendable('it no longer exists'))
  const relay = aRelay(database, {
    publisher: { publish, waitingFor: () => null, outboxAsQueue: null },
    storeUnsendable: async () => undefined,
    maxSendAttempts: 2,
  })
  await run(database, insertOutbox([loan()], { leased: 0, leaseMs: 0 }))
  const [due] = await findInOutbox(database, [subject])
  expect(due).toMatchObject({ attempts: 0, since: expect.any(Date) })
  relay.start()
  onTestFinished(() => relay.stop())
  const find = async () => (await findInOutbox(database, [subject]))[0]
  await expect.poll(find).toMatchObject({ attempts: 1 })
  const paused = await find()
  expect(Number(paused?.at) - Number(paused?.since)).toBeGreaterThanOrEqual(leaseMs)
})

it('is not due during its pause, however often its dead letter could not be stored', async () => {
  const { database } = given
  const publish = () => Promise.reject(new Unsendable('it no longer exists'))
  const relay = aRelay(database, {
    publisher: { publish, waitingFor: () => null, outboxAsQueue: null },
    storeUnsendable: () => Promise.reject(new Error('no space left')),
  })
  await run(database, insertOutbox([loan()], { leased: 0, leaseMs: 0 }))
  await database.query('update outbox set failures = 30')
  relay.start()
  onTestFinished(() => relay.stop())
  await expect.poll(async () => (await findInOutbox(database, [subject]))[0]?.attempts).toBe(31)
  expect(await outboxBacklog(database, 10)).toEqual({ rows: 0, oldestAgeMs: 0 })
})
