/** Statements that are sent together, and statements that are sent again on the same connection. */
import { type Database, faultOf, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, type TestDatabase } from '@quadrille/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { behindProxy } from './behind-proxy.ts'

let test: TestDatabase
let url: string
let database: Database

/** A database with one connection. */
const open = (address: string, statementTimeoutMs = 30_000): Database => {
  const opened = openDatabase({
    url: address,
    applicationName: 'test',
    max: 1,
    statementTimeoutMs,
    onIdleError: () => undefined,
  })
  onTestFinished(() => opened.end())
  return opened
}

beforeAll(async () => {
  test = await createTestDatabase(inject('postgresUrl'))
  url = test.url
})
afterAll(() => test.drop())
beforeEach(async () => {
  database = open(url)
  await database.query('drop table if exists note, reply')
  await database.query('create table note (id integer primary key, text text not null)')
})

const sync = Buffer.from([0x53, 0, 0, 0, 4])

/** A database behind a proxy, and what is sent to it after the connection is open. */
const observed = async () => {
  const sent: Buffer[] = []
  const behind = open(await behindProxy(url, (data) => sent.push(data)))
  await behind.query('select 1')
  return { behind, sent: () => Buffer.concat(sent.splice(0)) }
}

const count = (data: Buffer, sought: Buffer): number => {
  const at = data.indexOf(sought)
  return at < 0 ? 0 : 1 + count(data.subarray(at + sought.length), sought)
}

const insertNote = (id: number) => ({ text: 'insert into note (id, text) values ($1, $2)', values: [id, `note ${id}`] })

it('sends a transaction in two units: begin with what it reads, and what it writes with commit', async () => {
  const { behind, sent } = await observed()
  sent()
  await behind.transaction(async (sql) => {
    await Promise.all([sql.query('select id from note'), sql.query('select text from note')])
    await sql.commit([insertNote(1), insertNote(2)])
  })
  expect(count(sent(), sync)).toBe(2)
  expect(await database.query('select id from note order by id')).toEqual([{ id: 1 }, { id: 2 }])
})

it('sends the text of a statement once on each connection', async () => {
  const { behind, sent } = await observed()
  const write = (id: number) => behind.transaction((sql) => sql.commit([insertNote(id), insertNote(id + 1)]))
  await write(1)
  expect(count(sent(), Buffer.from('insert into note'))).toBe(1)
  await write(3)
  expect(count(sent(), Buffer.from('insert into note'))).toBe(0)
})

it('gives each statement the answer that belongs to it, whether its columns are known or not', async () => {
  const read = () =>
    database.transaction((sql) =>
      Promise.all([
        sql.query('select 1 as one, null as nothing'),
        sql.query('select id from note'),
        sql.query("select 'a' as text from generate_series(1, 2)"),
        sql.query('select set_config($1, $2, true) as text', ['test.setting', 'b']),
        sql.query('select current_setting($1) as text', ['test.setting']),
      ]),
    )
  const answers = [[{ one: 1, nothing: null }], [], [{ text: 'a' }, { text: 'a' }], [{ text: 'b' }], [{ text: 'b' }]]
  expect(await read()).toEqual(answers)
  expect(await read()).toEqual(answers)
})

it('runs statements that are sent while others are answered after these, in their order', async () => {
  await database.transaction(async (sql) => {
    const slow = sql.query('select pg_sleep(0.05), set_config($1, $2, true)', ['test.order', 'slow'])
    await new Promise(setImmediate)
    const [text] = await sql.query<{ text: string }>('select current_setting($1) as text', ['test.order'])
    expect(text).toEqual({ text: 'slow' })
    await slow
  })
})

describe('a statement that fails', () => {
  const outcomes = (texts: readonly string[]) =>
    database
      .transaction(async (sql) => {
        await sql.query('select 1') // so that the next ones are sent without begin
        const settled = await Promise.allSettled(texts.map((text) => sql.query(text)))
        throw Object.assign(new Error('roll back'), { settled })
      })
      .catch(({ settled }) => settled)

  it('leaves the results of those before it, and is the cause of the failure of those after it', async () => {
    const failed = { status: 'rejected', reason: expect.objectContaining({ code: '22012' }) }
    expect(await outcomes(['select 1 as one', 'select 1 / 0', 'select 2 as two'])).toEqual([
      { status: 'fulfilled', value: [{ one: 1 }] },
      failed,
      failed,
    ])
  })

  it('has the stack of its own call, and not of those that were skipped because of it', async () => {
    const failing = database.transaction(async (sql) => {
      const comesFirst = async () => await sql.query('select 1 / 0')
      const comesLater = async () => await sql.query('select 1')
      await Promise.all([comesFirst(), comesLater()])
    })
    const stack = await failing.catch((error: Error) => error.stack)
    expect(stack).toContain('comesFirst')
    expect(stack).not.toContain('comesLater')
  })

  it('is prepared again when it is repeated, with those that were skipped because of it', async () => {
    const texts = ['select colour from note', 'select text from note']
    expect((await outcomes(texts))[0]).toMatchObject({ reason: { code: '42703' } })
    await database.transaction((sql) => sql.query('alter table note add column colour text'))
    expect(await outcomes(texts)).toEqual(texts.map(() => ({ status: 'fulfilled', value: [] })))
  })

  it('fails outside of a transaction even if it fails when its effects are committed', async () => {
    await database.query(
      'create table reply (note integer references note (id) deferrable initially deferred, text text not null)',
    )
    const failed = await database.query('insert into reply (note, text) values (1, $1)', ['a']).catch(faultOf)
    expect(failed).toBe('rejected')
    expect(await database.query('select text from reply')).toEqual([])
  })
})

it('fails for rows that can’t be parsed, without an effect on other statements', async () => {
  const [large, small] = await database.transaction((sql) =>
    Promise.allSettled([sql.query('select (2 ^ 60)::bigint as large'), sql.query('select 1 as one')]),
  )
  expect(large).toMatchObject({ reason: { name: 'RangeError' } })
  expect(small).toEqual({ status: 'fulfilled', value: [{ one: 1 }] })
})

it('sends nothing of a statement with a value that can’t be written', async () => {
  const { behind, sent } = await observed()
  sent()
  await expect(behind.query('select $1::json', [{}])).rejects.toThrow('Pass JSON as text.')
  expect(sent()).toHaveLength(0)
})

it('closes a connection whose answer does not arrive in time', async () => {
  const behind = open(
    await behindProxy(url, (data, server) => {
      if (data.includes('select 2')) server.pause()
    }),
    100,
  )
  const started = performance.now()
  const work = behind.transaction(async (sql) => {
    await sql.query('select 1')
    await sql.query('select 2')
  })
  const late = await work.catch((error: unknown) => error)
  expect(faultOf(late)).toBe('unavailable')
  expect(performance.now() - started).toBeLessThan(8_000) // not twice: the rollback does not wait for it
  expect(await behind.query('select 1 as one')).toEqual([{ one: 1 }])
})

it('keeps the connection after a statement that fails, with its prepared statements', async () => {
  const backend = () => database.query('select pg_backend_pid() as pid')
  const before = await backend()
  await expect(database.query('select 1 / $1::integer', [0])).rejects.toThrow('division by zero')
  expect(await backend()).toEqual(before)
  expect(await database.query('select 1 / $1::integer as one', [1])).toEqual([{ one: 1 }])
})

it.each([
  ['returns a row that can’t be read', 'select (2 ^ 60)::bigint as large', []],
  ['has a value that can’t be written', 'select $1::json', [{}]],
  ['has too many values', 'select', Array.from({ length: 40_000 }, () => 1)],
])('keeps the connection after a statement that %s', async (_case, text, values) => {
  const backend = () => database.query('select pg_backend_pid() as pid')
  const before = await backend()
  await expect(database.query(text, values)).rejects.toThrow()
  expect(await backend()).toEqual(before)
})
