/** `npm start` as a process, killed in every way. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {} from '@quadrille/testing' // types of inject()
import { Client } from 'pg'
import { beforeEach, expect, inject, test, vi } from 'vitest'
import { main, newFolder, type Started, startIn, untilSaid } from './started.ts'

let folder = ''

beforeEach(() => {
  folder = newFolder()
})

const start = (args: readonly string[], env: Record<string, string> = {}): Started => startIn(folder, args, env)

const startReady = async (args: readonly string[] = [main]): Promise<Started> => {
  const started = start(args)
  await untilSaid(started, 'ready')
  return started
}

/** Process id and port of the embedded server, from its postmaster.pid. */
const server = () => {
  const lines = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  return { pid: Number(lines[0]), port: Number(lines[3]) }
}

const query = async (text: string): Promise<unknown[]> => {
  const password = readFileSync(join(folder, 'postgres', 'quadrille.password'), 'utf8')
  const client = new Client({
    host: '127.0.0.1',
    port: server().port,
    user: 'quadrille',
    database: 'quadrille_order',
    password,
  })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

const isRunning = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false // no such process
  }
}

const untilGone = (pid: number) => vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 })

test('stops on a signal, within 10 s, and leaves no process', async () => {
  const started = await startReady()
  const { pid } = server()
  const began = performance.now()
  started.child.kill('SIGINT')
  started.child.kill('SIGTERM') // Ctrl-C arrives more than once
  expect(await started.exit).toBe(0)
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(isRunning(pid)).toBe(false)
})

test('stops in the middle of a start', async () => {
  const started = start([main])
  await untilSaid(started, 'starting Postgres')
  started.child.kill('SIGTERM')
  expect(await started.exit).toBe(0)
  expect(started.output()).not.toContain('ready')
})

test('keeps its state when it is killed', async () => {
  const killed = await startReady()
  await query('CREATE TABLE kept AS SELECT 1 AS id')
  killed.child.kill('SIGKILL')
  await killed.exit
  await startReady()
  expect(await query('SELECT id FROM kept')).toEqual([{ id: 1 }])
})

test('is killed together with Postgres, and starts again', async () => {
  const killed = await startReady()
  await query('CREATE TABLE kept AS SELECT 1 AS id')
  process.kill(server().pid, 'SIGKILL')
  killed.child.kill('SIGKILL')
  await killed.exit
  await startReady()
  expect(await query('SELECT id FROM kept')).toEqual([{ id: 1 }])
})

test('takes over the Postgres of a start that was killed a moment ago', async () => {
  const killed = start([main])
  await untilSaid(killed, 'starting Postgres')
  await vi.waitFor(() => expect(server().pid).toBeGreaterThan(0), { timeout: 20_000, interval: 2 })
  killed.child.kill('SIGKILL')
  await startReady()
  expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('restarts a killed Postgres, on the same port', async () => {
  const started = await startReady()
  await query('CREATE TABLE kept AS SELECT 1 AS id')
  const before = server()
  process.kill(before.pid, 'SIGKILL')
  await untilSaid(started, 'Postgres exited (SIGKILL): restarting it')
  await vi.waitFor(async () => expect(await query('SELECT id FROM kept')).toEqual([{ id: 1 }]), { timeout: 20_000 })
  expect(server().port).toBe(before.port)
  expect(server().pid).not.toBe(before.pid)
})

test('a second start in the same folder fails with the reason', async () => {
  const first = await startReady()
  const second = start([main])
  expect(await second.exit).toBe(1)
  expect(second.output()).toBe(
    `quadrille: ${folder} is in use by process ${first.pid}. Stop that process, or set DATA_DIR to another folder.\n`,
  )
})

test('starts with empty state on request', async () => {
  const first = await startReady()
  await query('CREATE TABLE kept AS SELECT 1 AS id')
  first.child.kill('SIGTERM')
  await first.exit
  await startReady([main, '--reset'])
  await expect(query('SELECT id FROM kept')).rejects.toThrow('does not exist')
})

test('exits when run.mjs is killed', async () => {
  const runner = await startReady(['run.mjs', main])
  const mainPid = Number(readFileSync(join(folder, 'lock.pid'), 'utf8'))
  const { pid } = server()
  runner.child.kill('SIGKILL')
  await untilGone(mainPid)
  await untilGone(pid)
})

test('run.mjs passes on signals and the exit code', async () => {
  const runner = await startReady(['run.mjs', main])
  const { pid } = server()
  runner.child.kill('SIGTERM')
  expect(await runner.exit).toBe(0)
  expect(isRunning(pid)).toBe(false)
  expect(await start(['run.mjs', main, '--wrong']).exit).toBe(1)
})

test('an unreachable Postgres server is reported in one line', async () => {
  const started = start([main], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
  expect(await started.exit).toBe(1)
  expect(started.output()).toMatch(/^quadrille: The Postgres server at 127\.0\.0\.1:1 can't be used \(.+\)\. .+\n$/)
})

test('ends with one line when a newer version has applied a breaking migration', async () => {
  const started = await startReady()
  await query(`insert into order_migration (name, run_on) values ('9999_breaking_everything', now())`)
  expect(await started.exit).toBe(1)
  expect(started.output()).toContain(
    'quadrille: the schema of the database is too new for this version: it has the migration 9999_breaking_everything',
  )
})

test('creates a database for each service on a given server', async () => {
  const started = start([main], { DATABASE_URL: inject('postgresUrl') })
  await untilSaid(started, 'ready')
  const client = new Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  const { rows } = await client.query("SELECT datname FROM pg_database WHERE datname LIKE 'quadrille\\_%' ORDER BY 1")
  await client.end()
  expect(rows.map(({ datname }) => datname)).toEqual([
    'quadrille_inventory',
    'quadrille_notification',
    'quadrille_order',
    'quadrille_payment',
  ])
  started.child.kill('SIGTERM')
  expect(await started.exit).toBe(0)
})
