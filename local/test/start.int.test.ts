/** `npm start` as a process, killed in every way. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eraseEmbeddedPostgres } from '@quadrille/postgres/embedded'
import type {} from '@quadrille/testing' // types of inject()
import { Client } from 'pg'
import { beforeEach, expect, inject, onTestFinished, test, vi } from 'vitest'

import { faultsOf, nameOf, pathTo, tracesOf } from './tracing/order-traces.ts'
import type { ReceivedSpan } from './tracing/otlp.ts'
import { openReceiver } from './tracing/receiver.ts'

const root = new URL('../../', import.meta.url).pathname
const main = 'local/src/main.ts'
const freePorts = { ORDER_PORT: '0', PAYMENT_PORT: '0', INVENTORY_PORT: '0', NOTIFICATION_PORT: '0' }

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quadrille-start-'))
  chmodSync(folder, 0o755)
  const thisOne = folder
  onTestFinished(async () => {
    await eraseEmbeddedPostgres(thisOne, () => undefined)
    rmSync(thisOne, { recursive: true, force: true })
  })
})

interface Started {
  readonly child: ChildProcess
  readonly pid: number
  /** All that it has printed. */
  readonly output: () => string
  readonly exit: Promise<unknown>
}

const start = (args: readonly string[], env: Record<string, string> = {}): Started => {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...freePorts, DATA_DIR: folder, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk))
  return { child, pid: child.pid ?? 0, output: () => text, exit: once(child, 'exit').then(([code]) => code) }
}

const untilSaid = ({ output }: Started, text: string) =>
  vi.waitFor(() => expect(output()).toContain(text), { timeout: 20_000 })

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

test('is killed together with Postgres, and comes up again', async () => {
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

test('starts Postgres again when that is killed, on the same port', async () => {
  const started = await startReady()
  await query('CREATE TABLE kept AS SELECT 1 AS id')
  const before = server()
  process.kill(before.pid, 'SIGKILL')
  await untilSaid(started, 'Postgres ended (SIGKILL): starting it again')
  await vi.waitFor(async () => expect(await query('SELECT id FROM kept')).toEqual([{ id: 1 }]), { timeout: 20_000 })
  expect(server().port).toBe(before.port)
  expect(server().pid).not.toBe(before.pid)
})

test('a second start in the same folder fails and says why', async () => {
  const first = await startReady()
  const second = start([main])
  expect(await second.exit).toBe(1)
  expect(second.output()).toBe(
    `quadrille: ${folder} is in use by process ${first.pid}. Stop that, or set DATA_DIR to another folder.\n`,
  )
})

test('starts afresh when it is told to', async () => {
  const first = await startReady()
  await query('CREATE TABLE kept AS SELECT 1 AS id')
  first.child.kill('SIGTERM')
  await first.exit
  await startReady([main, '--reset'])
  await expect(query('SELECT id FROM kept')).rejects.toThrow('does not exist')
})

test('ends when run.mjs is killed', async () => {
  const runner = await startReady(['run.mjs', main])
  const mainPid = Number(readFileSync(join(folder, 'lock.pid'), 'utf8'))
  const { pid } = server()
  runner.child.kill('SIGKILL')
  await untilGone(mainPid)
  await untilGone(pid)
})

test('run.mjs passes signals on, and the exit code back', async () => {
  const runner = await startReady(['run.mjs', main])
  const { pid } = server()
  runner.child.kill('SIGTERM')
  expect(await runner.exit).toBe(0)
  expect(isRunning(pid)).toBe(false)
  expect(await start(['run.mjs', main, '--wrong']).exit).toBe(1)
})

test('a Postgres server that can not be reached is one line', async () => {
  const started = start([main], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
  expect(await started.exit).toBe(1)
  expect(started.output()).toMatch(/^quadrille: The Postgres server at 127\.0\.0\.1:1 can't be used \(.+\)\. .+\n$/)
})

test('makes a database for each service on a server that it is given', async () => {
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

/** Places an order, waits until its customer has been told twice, and stops everything, so that all spans are sent. */
const orderIn = async (started: Started, method: string, headers = {}): Promise<string> => {
  await untilSaid(started, 'ready')
  const url = /http:\S+\/orders/.exec(started.output())?.[0] ?? ''
  const body = {
    customer: { id: 'ada', email: 'ada@example.com' },
    currency: 'EUR',
    lines: [{ sku: 'mug', quantity: 2, unitPrice: 1_250 }],
    payment: { method },
  }
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const { id } = (await answer.json()) as { id: string }
  const tellings = async () =>
    ((await (await fetch(`${url}/${id}`)).json()) as { notifications: unknown[] }).notifications.length
  await vi.waitFor(async () => expect(await tellings()).toBe(2), { timeout: 20_000 })
  started.child.kill('SIGTERM')
  expect(await started.exit).toBe(0)
  return id
}

/** Without the statements. */
const ownSpans = (spans: readonly ReceivedSpan[]) =>
  spans.filter(({ scope }) => scope !== '@opentelemetry/instrumentation-pg')

test('traces an order, where it is told to whom', async () => {
  const receiver = await openReceiver()
  onTestFinished(() => receiver.close())
  const caller = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) }
  const started = start([main], { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
  const traceparent = `00-${caller.traceId}-${caller.spanId}-01`
  const id = await orderIn(started, 'pm_card_visa', { traceparent })
  const { traces, faults } = tracesOf(receiver.spans)
  const spans = traces.get(id)?.spans ?? []
  expect([...receiver.faults, ...faults]).toEqual([])
  expect(faultsOf({ traceId: caller.traceId, spans })).toEqual([])
  expect(ownSpans(spans).map(nameOf).toSorted()).toEqual(fulfilled)
  expect(spans.find(({ name }) => name === 'POST /orders')).toMatchObject({
    ...caller,
    spanId: expect.any(String),
    parentSpanId: caller.spanId,
  })
  expect(pathTo(spans, 'order: process PaymentProcessed')).toEqual([
    'POST /orders',
    'order: process OrderSubmitted',
    'payment: process OrderPlaced',
    'payment: process Charge',
    'payment: process ChargeSucceeded',
    'order: process PaymentProcessed',
  ])
})

test('records what is done again, and all that comes of it, where nothing else is recorded', async () => {
  const receiver = await openReceiver()
  onTestFinished(() => receiver.close())
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_SAMPLER_ARG: '0' }
  const id = await orderIn(start([main], env), 'pm_sim_flaky') // fails twice
  const { traces, faults } = tracesOf(receiver.spans)
  const names = ownSpans(traces.get(id)?.spans ?? []).map(nameOf)
  expect([...receiver.faults, ...faults]).toEqual([])
  expect(names.filter((name) => name === 'payment: process Charge')).toHaveLength(2)
  expect(names).toContain('order: process NotificationSent')
  for (const before of ['POST /orders', 'order: process OrderSubmitted', 'payment: process OrderPlaced'])
    expect(names).not.toContain(before)
})

/** What one fulfilled order has each service do. Webhook and web are skipped, but they take their tasks too. */
const fulfilled = [
  'POST /orders',
  'order: process OrderSubmitted',
  'order: send OrderPlaced',
  'payment: process OrderPlaced',
  'payment: send Charge',
  'payment: process Charge',
  'payment: process ChargeSucceeded',
  'payment: send PaymentProcessed',
  'order: process PaymentProcessed',
  'inventory: process OrderPlaced',
  'inventory: process PaymentProcessed',
  'inventory: send InventoryReserved',
  'order: process InventoryReserved',
  'order: send OrderFulfilled',
  'inventory: process OrderFulfilled',
  'notification: process OrderPlaced',
  'notification: process OrderFulfilled',
  ...Array(2).fill('notification: send Notify'),
  ...Array(6).fill('notification: process Notify'),
  ...Array(2).fill('notification: process NotificationDelivered'),
  ...Array(2).fill('notification: send NotificationSent'),
  ...Array(2).fill('order: process NotificationSent'),
].toSorted()

test('goes on without whom it is to send traces to, and says so', async () => {
  const started = start([main], {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '500', // ms, of all tries together
    OTEL_BSP_SCHEDULE_DELAY: '100', // ms
  })
  await untilSaid(started, 'ready')
  const url = /http:\S+\/orders/.exec(started.output())?.[0] ?? ''
  expect((await fetch(url)).status).toBe(200)
  await untilSaid(started, 'traces are not complete')
  started.child.kill('SIGTERM')
  expect(await started.exit).toBe(0)
})
