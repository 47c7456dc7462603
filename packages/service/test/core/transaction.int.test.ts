import { type Database, faultOf, openDatabase, type PoolOptions, type Value } from '@quadrille/postgres'
import { createTestDatabase, type TestDatabase } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { behindProxy } from './behind-proxy.ts'

let test: TestDatabase
let url: string
let database: Database

const open = (address: string, options: Pick<PoolOptions, 'idleInTransactionMs'> = {}): Database => {
  const opened = openDatabase({
    url: address,
    applicationName: 'test',
    max: 1,
    onIdleError: () => undefined,
    ...options,
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
  await database.query('drop table if exists note')
  await database.query('create table note (text text not null)')
})

const notes = async () =>
  (await database.query<{ text: string }>('select text from note order by text')).map((n) => n.text)
const write = (text: string) => ['insert into note (text) values ($1)', [text]] as const

/** The process of the server that serves its only connection. */
const processOf = async (sql: Database): Promise<number | undefined> => {
  const [session] = await sql.query<{ pid: number }>('select pg_backend_pid() as pid')
  return session?.pid
}

/** Returns a result through several asynchronous layers. */
const throughLayers = async <Result>(result: Promise<Result>, layers = 10): Promise<Result> =>
  layers === 0 ? await result : await throughLayers(result, layers - 1)

/** The address of a proxy that replaces the first occurrence of a command by another of the same length. */
const replacing = (command: string, other: string): Promise<string> => {
  const sought = Buffer.from(`${command}\0`)
  let replaced = false
  return behindProxy(url, (data) => {
    const at = replaced ? -1 : data.indexOf(sought)
    if (at >= 0) replaced = data.write(other, at) > 0
  })
}

/** The address of a proxy that holds the server's answers from one text of the client until another. */
const holdingAnswers = (from: string, until: string): Promise<string> =>
  behindProxy(url, (data, server) => {
    if (data.includes(from)) server.pause()
    if (data.includes(until)) server.resume()
  })

it('fails with the error of the first failed statement, whichever error arrives first', async () => {
  const failures = database.transaction(async (sql) => {
    await Promise.all([throughLayers(sql.query('select 1 / 0')), sql.query('select 1')])
  })
  await expect(failures).rejects.toMatchObject({ code: '22012' })
})

it('keeps the order of statements that are sent together, including those that wait for begin', async () => {
  const read = await database.transaction(async (sql) => {
    const [before, , after] = await Promise.all([
      sql.query('select text from note'),
      sql.query(...write('one')),
      sql.query('select text from note'),
    ])
    return [before, after]
  })
  expect(read).toEqual([[], [{ text: 'one' }]])
})

it.each([
  ['fails', 'oops!'],
  ['is answered by another command', 'abort'],
])('writes nothing, trusts nothing and takes another connection where begin %s', async (_how, other) => {
  const behind = open(await replacing('begin', other))
  const writing = behind.transaction((sql) => sql.query(...write('outside a transaction')))
  expect(faultOf(await writing.catch((error: unknown) => error))).toBe('unavailable')
  expect(await notes()).toEqual([])
  const reading = open(await replacing('begin', other)).transaction((sql) => sql.query('select 1'))
  expect(faultOf(await reading.catch((error: unknown) => error))).toBe('unavailable')

  await behind.transaction((sql) => sql.query(...write('on another connection')))
  expect(await notes()).toEqual(['on another connection'])
})

it('does not fail with an outage if a statement that is sent with begin cannot be written', async () => {
  const reading = database.transaction((sql) => sql.query('select 1', Array(40_000).fill(1)))
  const error = await reading.catch((failed: unknown) => failed)
  expect(error).toBeInstanceOf(RangeError)
  expect(faultOf(error)).toBeUndefined()
  expect(await database.transaction((sql) => sql.query('select 1 as one'))).toEqual([{ one: 1 }])
})

it('fails if Postgres answers the commit with a rollback', async () => {
  const behind = open(await replacing('commit', 'abort '))
  const writing = behind.transaction((sql) => sql.query(...write('rolled back')))
  expect(faultOf(await writing.catch((error: unknown) => error))).toBe('conflict')
  expect(await notes()).toEqual([])
})

it('fails if its work continues after a failed statement', async () => {
  const writing = database.transaction(async (sql) => {
    await sql.query(...write('rolled back'))
    await sql.query('select 1 / 0').catch(() => undefined)
  })
  await expect(writing).rejects.toMatchObject({ code: '22012' })
  expect(await notes()).toEqual([])
})

const insertNote = (text: string) => ({ text: 'insert into note (text) values ($1) returning text', values: [text] })
const divideByZero = { text: 'select 1 / 0', values: [] }

describe('the last statements of a transaction', () => {
  it('are sent with the commit, without a wait for their results', async () => {
    const behind = open(await holdingAnswers('insert into note', 'commit\0'))
    expect(await behind.transaction((sql) => sql.commit([insertNote('one'), insertNote('two')]))).toEqual([
      { text: 'two' },
    ])
    expect(await notes()).toEqual(['one', 'two'])
  })

  it('are rolled back with everything else if one of them fails, and its error is reported', async () => {
    const writing = database.transaction(async (sql) => {
      await sql.query(...write('zero'))
      await sql.commit([insertNote('one'), divideByZero, insertNote('two')])
    })
    await expect(writing).rejects.toMatchObject({ code: '22012' })
    expect(await notes()).toEqual([])
    await database.transaction((sql) => sql.commit([insertNote('on the same connection')]))
    expect(await notes()).toEqual(['on the same connection'])
  })

  it('are not committed if the commit is answered by a rollback', async () => {
    const behind = open(await replacing('commit', 'abort '))
    const writing = behind.transaction((sql) => sql.commit([insertNote('rolled back')]))
    expect(faultOf(await writing.catch((error: unknown) => error))).toBe('conflict')
    expect(await notes()).toEqual([])
  })

  it('are not sent if the driver can’t write one of their values', async () => {
    const values: Value[] = JSON.parse('[{}]')
    const writing = database.transaction(async (sql) => {
      await sql.query(...write('zero'))
      await sql.commit([insertNote('one'), { text: 'select $1::text', values }, insertNote('two')])
    })
    await expect(writing).rejects.toThrow('Pass JSON as text.')
    expect(await notes()).toEqual([])
  })

  it('have an unknown outcome if the connection is lost after they were sent', async () => {
    const behind = open(
      await behindProxy(url, (data, server) => {
        if (data.includes('commit\0')) server.destroy()
      }),
    )
    const writing = behind.transaction((sql) => sql.commit([insertNote('one')]))
    expect(faultOf(await writing.catch((error: unknown) => error))).toBe('unavailable')
  })

  it.each(['oops!', 'abort'])('write nothing if the server has received %j instead of begin', async (text) => {
    const behind = open(await replacing('begin', text))
    const writing = behind.transaction((sql) => sql.commit([insertNote('outside a transaction')]))
    expect(faultOf(await writing.catch((error: unknown) => error))).toBe('unavailable')
    expect(await notes()).toEqual([])
  })

  it('end the transaction: a later statement fails, and a failed commit is reported', async () => {
    await database.transaction(async (sql) => {
      await sql.commit([])
      await expect(sql.query(...write('late'))).rejects.toThrow('The transaction has ended.')
    })
    const ignoring = database.transaction((sql) => sql.commit([divideByZero]).catch(() => undefined))
    await expect(ignoring).rejects.toMatchObject({ code: '22012' })
    expect(await notes()).toEqual([])
  })
})

it('is ended by Postgres if it is idle for too long, and commits none of its earlier decisions', async () => {
  await database.query(...write('as it was read'))
  const [locked, resumed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const standsStill = open(url, { idleInTransactionMs: 200 }).transaction(async (sql) => {
    await sql.query('select text from note for update')
    locked.resolve()
    await resumed.promise
    await sql.query("update note set text = 'as it was decided'")
  })
  onTestFinished(() => resumed.resolve()) // also if it fails before
  await locked.promise
  await waitFor(() => database.query("update note set text = 'as others wrote it meanwhile'"))
  resumed.resolve()
  expect(faultOf(await standsStill.catch((error: unknown) => error))).toBe('unavailable')
  expect(await notes()).toEqual(['as others wrote it meanwhile'])
})

/** The state of each session that was opened while the database was read-only. */
const becomeReadOnly = () => database.query('set default_transaction_read_only = on')

it.each<[string, () => Promise<unknown>]>([
  ['a statement', () => database.query(...write('written'))],
  ['a transaction', () => database.transaction((sql) => sql.query(...write('written')))],
  ['the commit of a transaction', () => database.transaction((sql) => sql.commit([insertNote('written')]))],
])('a new connection is opened after %s has found the server read-only', async (_, writing) => {
  await becomeReadOnly()
  expect(faultOf(await writing().catch((error: unknown) => error))).toBe('unavailable')
  await writing()
  expect(await notes()).toEqual(['written'])
})

it('connections to a database that stays read-only are renewed at most once a second, also by many writes', async () => {
  const name = new URL(url).pathname.slice(1)
  await database.query(`alter database ${name} set default_transaction_read_only = on`)
  onTestFinished(async () => void (await database.query(`alter database ${name} reset default_transaction_read_only`)))
  const readOnly = open(url)
  const processAfterWrite = async () => {
    expect(faultOf(await readOnly.query(...write('rejected')).catch((error: unknown) => error))).toBe('unavailable')
    return await processOf(readOnly)
  }
  onTestFinished(() => void vi.useRealTimers())
  vi.useFakeTimers({ toFake: ['performance'] })
  const first = await processAfterWrite()
  for (let writes = 0; writes < 10; writes += 1) expect(await processAfterWrite()).toBe(first)
  vi.advanceTimersByTime(1_000)
  expect(await processAfterWrite()).not.toBe(first)
})
