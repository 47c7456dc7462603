/** With the in-process broker, only one process may use a database. */

import { createTestDatabase, proxyTo } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { Client } from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { type OwnershipOptions, ownDatabase } from '../src/ownership.ts'

const aDatabase = async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  const client = new Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  /** The sessions that have an advisory lock of this database, or wait for one. */
  const sessions = async (where: 'granted' | 'not granted'): Promise<number[]> => {
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_locks where locktype = 'advisory' and ${where}
       and database = (select oid from pg_database where datname = current_database())`,
    )
    return rows.map(({ pid }) => pid)
  }
  const owners = () => sessions('granted')
  const waiting = () => sessions('not granted')
  return { url, client, owners, waiting }
}

const own = async (url: string, options: Partial<OwnershipOptions> = {}) => {
  const said: string[] = []
  const lost: string[] = []
  const owning = ownDatabase(url, {
    say: (line) => said.push(line),
    signal: new AbortController().signal,
    onLost: (error) => lost.push(error.message),
    ...options,
  })
  onTestFinished(() =>
    owning.then(
      ({ stop }) => stop(),
      () => undefined,
    ),
  )
  return { owning, said, lost }
}

test('a second process waits for the first one, reports this, and then takes the lock', async () => {
  const { url, owners } = await aDatabase()
  const first = await own(url)
  const { stop } = await first.owning
  const [owner] = await owners()
  const second = await own(url)
  await waitFor(() => expect(second.said).toHaveLength(1))
  expect(second.said[0]).toContain(`is in use by quadrille process ${process.pid} on `)
  expect(second.said[0]).toContain(`(session ${owner}, from `)
  expect(await owners()).toEqual([owner])
  await stop()
  await second.owning
  expect(await owners()).not.toEqual([owner])
  expect(second.said).toHaveLength(1)
})

test('a second process stops waiting at the time limit, with a one-line error', async () => {
  const { url } = await aDatabase()
  await (await own(url)).owning
  const { owning } = await own(url, { timeoutMs: 500 })
  await expect(owning).rejects.toThrow(
    /^the database \S+ is in use by quadrille process \d+ on \S+ \(session \d+, from \S+\)\. Stop that process first, or set AMQP_URL: .*$/,
  )
})

test('a connection that no service could use takes no lock, which a pooler would hold after the end of the process', async () => {
  const { url, owners } = await aDatabase()
  await (await own(url)).owning // so that the lock would have to be waited for
  const before = await owners()
  const unsuitable = new URL(url)
  unsuitable.searchParams.set('options', '-c synchronous_commit=off')
  const { owning, said } = await own(unsuitable.href, { timeoutMs: 500 })
  await expect(owning).rejects.toThrow('synchronous_commit is off')
  expect([await owners(), said]).toEqual([before, []])
})

test('an owner whose connection breaks takes the lock again', async () => {
  const { url, client, owners } = await aDatabase()
  const { owning, lost } = await own(url)
  await owning
  const [before] = await owners()
  await client.query('select pg_terminate_backend($1)', [before])
  await waitFor(async () => expect(await owners()).toEqual([expect.not.toBeOneOf([before])]))
  expect(lost).toEqual([])
})

/** An owner behind a proxy, whose server process can neither detect the broken connection nor exit, until `resume`. */
const aStoppedSession = async (options: Partial<OwnershipOptions> = {}) => {
  const database = await aDatabase()
  const proxy = await proxyTo(database.url)
  onTestFinished(() => proxy.close())
  const { owning, lost } = await own(proxy.url, options)
  await owning
  const [before] = await database.owners()
  if (before === undefined) throw new Error('no session holds the lock')
  process.kill(before, 'SIGSTOP')
  let isStopped = true
  const resume = () => {
    if (isStopped) process.kill(before, 'SIGCONT')
    isStopped = false
  }
  onTestFinished(resume)
  proxy.cut()
  /** The later sessions of the owner that are connected. */
  const laterSessions = async (): Promise<number[]> => {
    const { rows } = await database.client.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where datname = current_database() and application_name like 'quadrille process %' and pid <> $1`,
      [before],
    )
    return rows.map(({ pid }) => pid)
  }
  return { ...database, proxy, lost, before, resume, laterSessions }
}

test('an owner whose broken session ends late on the server waits for its end, and takes the lock again', async () => {
  const { owners, lost, before, resume, laterSessions } = await aStoppedSession()
  const tried = new Set<number>()
  await waitFor(async () => {
    for (const pid of await laterSessions()) tried.add(pid)
    expect(tried.size).toBeGreaterThan(1)
  })
  resume()
  await waitFor(async () => expect(await owners()).toEqual([expect.not.toBeOneOf([before])]))
  expect(lost).toEqual([])
})

test('an owner that gets no response on its new connection opens another one, and takes the lock again', async () => {
  const { owners, lost, before, proxy, resume, laterSessions } = await aStoppedSession({ queryTimeoutMs: 500 })
  await waitFor(async () => expect(await laterSessions()).toHaveLength(1)) // it waits for the end of the stopped one
  proxy.hold('to the client')
  await waitFor(async () => expect(await laterSessions()).toEqual([]))
  proxy.release()
  resume()
  await waitFor(async () => expect(await owners()).toEqual([expect.not.toBeOneOf([before])]))
  expect(lost).toEqual([])
})

test('an owner whose connection breaks gets an error if another process takes the lock', async () => {
  const { url, client, owners, waiting } = await aDatabase()
  const { owning, lost } = await own(url)
  await owning
  const [before] = await owners()
  const other = new Client({ connectionString: url, application_name: 'another start' })
  await other.connect()
  onTestFinished(() => other.end())
  const { rows } = await client.query<{ classid: string; objid: string }>(
    "select classid, objid from pg_locks where locktype = 'advisory' and pid = $1",
    [before],
  )
  const taken = other.query('select pg_advisory_lock($1, $2)', [rows[0]?.classid, rows[0]?.objid])
  await waitFor(async () => expect(await waiting()).toHaveLength(1))
  await client.query('select pg_terminate_backend($1)', [before])
  await taken
  await waitFor(() => expect(lost).toHaveLength(1))
  expect(lost[0]).toContain('is in use by another start (session ')
})
