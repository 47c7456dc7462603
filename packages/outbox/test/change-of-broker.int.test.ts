/** The retry table and the record of the broker, when a service changes to another broker. */
import { randomUUID } from 'node:crypto'
import type { WaitingDelivery } from '@quadrille/messaging'
import type { Database } from '@quadrille/postgres'
import { noon } from '@quadrille/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { findBrokerChange, findInOutbox, moveRetries, recordBroker, retryTable } from '../src/index.ts'
import { useDatabase } from './a-database.ts'

const given = useDatabase()

let database: Database
beforeEach(() => {
  database = given.database
})

it('the earlier broker is known once, at the first start with another one', async () => {
  const systems = ['in_process', 'in_process', 'rabbitmq', 'rabbitmq', 'in_process']
  const before: (string | null)[] = []
  for (const system of systems) before.push(await recordBroker(database, system))
  expect(before).toEqual([null, null, 'in_process', null, 'rabbitmq'])
})

it('the time of the last change is known at every later start', async () => {
  const changes: (Date | null)[] = []
  for (const system of ['in_process', 'in_process', 'rabbitmq', 'rabbitmq']) {
    await recordBroker(database, system)
    changes.push(await findBrokerChange(database))
  }
  expect(changes).toEqual([null, null, expect.any(Date), changes[2]])
})

describe('deliveries that wait in the retry table', () => {
  const message = {
    appId: 'desk',
    contentType: 'application/json',
    timestamp: noon,
    headers: { traceparent: 'a trace' },
  }
  const waiting = (changed: Partial<WaitingDelivery['message']>, delayMs = 0, exchange = 'shelf.events') =>
    ({
      message: {
        id: randomUUID(),
        type: 'LoanRequested',
        correlationId: randomUUID(),
        body: Buffer.from('a'),
        ...message,
        ...changed,
      },
      ...{ exchange, attempts: 3, crashes: 1, firstFailedAt: noon, error: 'not now', delayMs },
    }) satisfies WaitingDelivery
  const moving = { queues: ['desk.inbox', 'desk.tasks'], exchange: 'desk.direct', limit: 10 }
  const add = (queue: string, ...deliveries: WaitingDelivery[]) => retryTable(database).add(queue, deliveries)
  const moved = () =>
    database.query<Record<string, unknown>>(
      `select id, type, subject, exchange, routing_key, message, bytes, created_at = leased_until as is_scheduled,
              extract(epoch from leased_until - clock_timestamp())::float as in_s
       from outbox order by seq`,
    )
  const left = () => database.query<{ queue: string }>('select queue from retry order by key')

  it('move to the outbox unchanged, with the time at which they are due', async () => {
    const [now, later] = [waiting({}), waiting({ headers: {} }, 60_000, '')]
    await add('desk.inbox', now)
    await add('desk.tasks', later)
    expect(await moveRetries(database, moving)).toBe(2)
    const { body: _, ...first } = now.message
    expect(await moved()).toMatchObject([
      {
        ...{ id: first.id, type: 'LoanRequested', subject: first.correlationId },
        ...{ exchange: 'desk.direct', routing_key: 'desk.inbox', bytes: Buffer.from('a'), is_scheduled: true },
        message: { ...first, timestamp: noon.toISOString(), exchange: 'shelf.events' },
      },
      { id: later.message.id, routing_key: 'desk.tasks', message: { exchange: '' }, is_scheduled: true },
    ])
    const [dueNow, dueLater] = (await moved()).map((row) => Number(row['in_s']))
    expect(dueNow).toBeLessThanOrEqual(0)
    expect(dueLater).toBeGreaterThan(30)
    const sinceOf = async ({ message }: WaitingDelivery) =>
      (await findInOutbox(database, [message.correlationId]))[0]?.since
    expect(await Promise.all([now, later].map(sinceOf))).toEqual([expect.any(Date), null])
    expect(await left()).toEqual([])
  })

  it('move even if their ids have another form, and get new ones', async () => {
    await add('desk.inbox', waiting({ id: 'x', correlationId: '', type: '' }))
    expect(await moveRetries(database, moving)).toBe(1)
    expect(await moved()).toMatchObject([{ type: '', message: { id: 'x' } }])
  })

  it('move in parts, in their order', async () => {
    const all = Array.from({ length: 3 }, () => waiting({}))
    await add('desk.inbox', ...all)
    const counts = [
      await moveRetries(database, { ...moving, limit: 2 }),
      await moveRetries(database, { ...moving, limit: 2 }),
    ]
    expect(counts).toEqual([2, 1])
    expect((await moved()).map(({ id }) => id)).toEqual(all.map((each) => each.message.id))
  })

  it('stay if their queue is not consumed, or while another process handles them', async () => {
    await add('desk.webhook', waiting({}))
    await add('desk.inbox', waiting({}))
    await retryTable(database).take('desk.inbox', 1, 60_000)
    expect(await moveRetries(database, moving)).toBe(0)
    expect(await left()).toEqual([{ queue: 'desk.webhook' }, { queue: 'desk.inbox' }])
  })
})
