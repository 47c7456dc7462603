/** The statements of a batch read only the rows of its messages, in small and in large tables. Connections keep their plans. */
import { type Database, migrate, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, planSizes, statementsOf, wholeScansOf } from '@quadrille/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { insertInbox, insertOutbox, outboxMigrations, readInbox } from '../src/index.ts'
import { deleteOutbox, releaseOutbox } from '../src/outbox.ts'
import { subject } from './a-database.ts'

let database: Database
let close: () => Promise<void>
beforeAll(async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  await migrate(url, outboxMigrations)
  database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  close = async () => {
    await database.end()
    await drop()
  }
})
afterAll(() => close())

const fillUpTo = async (count: number) => {
  await database.query(
    `insert into inbox (subject, id, hash)
     select gen_random_uuid(), gen_random_uuid(), n::text from generate_series((select count(*) + 1 from inbox), $1::integer) as n`,
    [count],
  )
  await database.query(
    `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
     select id, 'BooksLent', id, 'stacks.events', '', '{}', now() from inbox
     limit greatest(0, $1 - (select count(*) from outbox))`,
    [count],
  )
}

describe.each(planSizes)('with $rows messages, analyzed: $analyzed', ({ rows, analyzed }) => {
  beforeAll(async () => {
    await fillUpTo(rows)
    if (analyzed) await database.query('analyze')
  })

  it('each statement reads by keys', async () => {
    const statements = [
      ...(await statementsOf((sql) => readInbox(sql, [{ subject, id: subject }]))),
      ...(await statementsOf((sql) => releaseOutbox(sql, [1]))),
      ...(await statementsOf((sql) => deleteOutbox(sql, [1]))),
      ...[insertInbox([]), insertOutbox([], { rows: 0, ms: 0 })],
    ]
    expect(await wholeScansOf(database, statements)).toEqual([])
  })
})
