/** The retention of inbox rows. */
import { type Database, run } from '@quadrille/postgres'
import { statementsOf } from '@quadrille/testing'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { insertInbox, purgeInbox, retryTable } from '../src/index.ts'
import { aMessage, subject, useDatabase } from './a-database.ts'

const dayMs = 86_400_000

const given = useDatabase()

let database: Database
beforeEach(() => {
  database = given.database
})

/** Ids in order. */
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

describe('the inbox', () => {
  const enter = async (count: number, ageMs: number) => {
    const entries = Array.from({ length: count }, (_, n) => ({ subject, id: id(n), hash: 'h' }))
    await run(database, insertInbox(entries))
    await database.query(`update inbox set received_at = now() - $1 * interval '1 ms'`, [ageMs])
  }
  const known = async () =>
    (await database.query<{ id: string }>('select id from inbox order by id')).map((row) => row.id)

  it('is purged of old rows, in steps', async () => {
    await enter(25, dayMs)
    await run(database, insertInbox([{ subject, id: id(99), hash: 'h' }]))
    const steps: number[] = []
    for (let step = 0; step < 4; step += 1)
      steps.push(await purgeInbox(database, { olderThanMs: dayMs / 2, limit: 10 }))
    expect(steps).toEqual([10, 10, 5, 0])
    expect(await known()).toEqual([id(99)])
  })

  it('reads the waiting messages once per step, even if a hash table of them would not fit into memory', async () => {
    await enter(100, 2 * dayMs)
    await database.query(
      `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
       select gen_random_uuid(), 'T', $1, 'desk.direct', 'desk.inbox', '{}', now() from generate_series(1, 10000)`,
      [subject],
    )
    await database.query(
      `insert into retry (queue, message, body, attempts, due_at)
       select 'desk.inbox', jsonb_build_object('id', gen_random_uuid()), '', 1, now() from generate_series(1, 10000)`,
    )
    await database.query('vacuum analyze')
    const plan = await database.transaction(async (sql) => {
      await sql.query("set local work_mem = '64kB'") // the minimum
      const asked = vi.spyOn(sql, 'query')
      expect(await purgeInbox(sql, { olderThanMs: dayMs, limit: 10 })).toBe(10)
      const [text, values] = asked.mock.calls[0] ?? ['']
      const rows = await sql.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values)
      return rows.map((row) => row['QUERY PLAN'])
    })
    for (const table of ['outbox', 'retry']) {
      const at = plan.findIndex((line) => line.includes(` on ${table} `))
      expect(plan.slice(at, at + 3).join('\n')).toContain('hashed SubPlan')
    }
    expect(plan.join('\n')).not.toMatch(/(Nested Loop|Materialize).*\n.*Scan.* on (outbox|retry)/)
  })

  it('keeps a message that waits as a retry, in the outbox or as a dead letter', async () => {
    await enter(5, dayMs)
    const waiting = {
      message: aMessage(id(1)),
      exchange: 'stacks.events',
      attempts: 1,
      crashes: 0,
      firstFailedAt: null,
      delayMs: 0,
      error: null,
    }
    await retryTable(database).add('desk.inbox', [waiting])
    await database.query(
      `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
       values ($1, 'T', $2, 'desk.direct', 'desk.inbox', '{}', now())`,
      [id(2), subject],
    )
    await database.query(
      `insert into dead_letter (id, message_id, type, queue, reason, error, attempts, first_failed_at, last_failed_at,
                                message, headers, body, status)
       select gen_random_uuid(), message_id, 'T', 'order.inbox', 'r', 'e', 1, now(), now(), '{}', '{}', '', status
       from unnest($1::text[], $2::text[]) as letter (message_id, status)`,
      [
        [id(3), id(4)],
        ['parked', 'discarded'],
      ],
    )
    const purge = () => purgeInbox(database, { olderThanMs: dayMs / 2, limit: 2 })
    expect([await purge(), await purge()]).toEqual([2, 0])
    expect(await known()).toEqual([id(1), id(2), id(3)])
  })

  it('is purged without reading younger entries, even where these have taken the place of deleted ones', async () => {
    const enterMany = (age: string) =>
      database.query(
        `insert into inbox (id, hash, received_at)
         select gen_random_uuid(), 'a hash of forty characters or thereabouts', now() - $1::interval from generate_series(1, 50000)`,
        [age],
      )
    await enterMany('2 days')
    while ((await purgeInbox(database, { olderThanMs: dayMs, limit: 10_000 })) > 0);
    await database.query('vacuum inbox')
    await enter(10, 2 * dayMs)
    await enterMany('0')
    const [purge = { text: '', values: [] }] = await statementsOf((sql) =>
      purgeInbox(sql, { olderThanMs: dayMs, limit: 1_000 }),
    )
    const rows = await database.query<{ 'QUERY PLAN': string }>(
      `explain (analyze, buffers) ${purge.text}`,
      purge.values,
    )
    expect(await known()).toHaveLength(50_000)
    const [buffers = ''] = rows.map((row) => row['QUERY PLAN']).filter((line) => line.includes('Buffers:'))
    const pages = [...buffers.matchAll(/(?:hit|read)=(\d+)/g)].map(([, count]) => Number(count))
    expect(pages.reduce((sum, count) => sum + count, 0)).toBeLessThan(300) // the table has more than 600
  })
})
