/** `npm start` is killed again and again while orders come in: every order that was accepted ends, and all adds up. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type AcceptedOrder, type Answer, audit, type Databases, formatReport } from '@quadrille/audit'
import { eraseEmbeddedPostgres } from '@quadrille/postgres/embedded'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createDatabases } from '../src/databases.ts'
import { serviceNames } from '../src/services.ts'

const root = new URL('../../', import.meta.url).pathname
const rounds = 4
const clients = 20

let folder = ''
let child: ChildProcess
let port = 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quadrille-killed-'))
  chmodSync(folder, 0o755)
})
afterEach(async () => {
  child.kill('SIGKILL')
  await eraseEmbeddedPostgres(folder, () => undefined)
  rmSync(folder, { recursive: true, force: true })
})

const start = async (): Promise<void> => {
  const env = {
    ORDER_PORT: String(port),
    PAYMENT_PORT: '0',
    INVENTORY_PORT: '0',
    NOTIFICATION_PORT: '0',
    DATA_DIR: folder,
    ORDER_TTL: '30s',
  }
  child = spawn(process.execPath, ['local/src/main.ts'], { cwd: root, env: { ...process.env, ...env } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  await vi.waitFor(() => expect(output).toContain('Quadrille is ready'), { timeout: 30_000 })
  port = Number(/order +http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1])
}

/** Process id and port of the embedded server. */
const postmaster = () => {
  const lines = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  return { pid: Number(lines[0]), port: Number(lines[3]) }
}

const serverUrl = () => {
  const password = readFileSync(join(folder, 'postgres', 'quadrille.password'), 'utf8').trim()
  return `postgres://quadrille:${encodeURIComponent(password)}@127.0.0.1:${postmaster().port}/postgres`
}

/** Some process or both: one that isn't hit goes on, and the next start deals with it. */
const kill = async (round: number): Promise<string> => {
  const exited = once(child, 'exit')
  const victims = { both: [postmaster().pid, child.pid ?? 0], main: [child.pid ?? 0] }
  const name = round % 2 === 0 ? 'both' : 'main'
  for (const pid of victims[name]) process.kill(pid, 'SIGKILL')
  await exited
  return name
}

const methods = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_chargeDeclined',
  'pm_sim_timeout_then_charged',
  'pm_sim_flaky',
  'pm_sim_slow',
]
const skus = ['mug', 'tea', 'teapot', 'no-such-thing']

const anyOrder = () => ({
  customer: { id: 'c', email: 'c@example.com' },
  currency: 'EUR',
  lines: [{ sku: skus[randomInt(skus.length)], quantity: 1, unitPrice: 1_000 }],
  payment: { method: methods[randomInt(methods.length)] },
})

interface Witnessed {
  readonly accepted: AcceptedOrder[]
  readonly answers: Answer[]
}

/** A client places one order after the other, each until it is answered, and cancels some, until it is told to stop. */
const client = async (seen: Witnessed, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const [key, body] = [randomUUID(), JSON.stringify(anyOrder())]
    const orderId = await untilAccepted(key, body)
    seen.accepted.push({ orderId })
    seen.answers.push({ key, body, status: 202, orderId })
    if (randomInt(5) === 0) await post(`/orders/${orderId}/cancel`, {})
  }
}

const untilAccepted = async (key: string, body: string): Promise<string> => {
  for (;;) {
    const answer = await post('/orders', { 'idempotency-key': key }, body)
    if (answer?.status === 202) return ((await answer.json()) as { id: string }).id
    await pause(20)
  }
}

/** Undefined while nobody answers. */
const post = async (path: string, headers: Record<string, string>, body?: string): Promise<Response | undefined> => {
  try {
    const init = {
      method: 'POST',
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body }),
    }
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
    return new Response(await response.text(), response)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

it('loses and doubles nothing', async () => {
  const seen: Witnessed = { accepted: [], answers: [] }
  const closing = new AbortController()
  await start()
  const load = Promise.all(Array.from({ length: clients }, () => client(seen, closing.signal)))
  for (let round = 0; round < rounds; round += 1) {
    const before = seen.accepted.length
    const enough = before + 100 + randomInt(200)
    await vi.waitFor(() => expect(seen.accepted.length).toBeGreaterThan(enough), { timeout: 20_000 })
    console.log(`round ${round}: ${seen.accepted.length} accepted; killed ${await kill(round)}`)
    await start()
  }
  closing.abort()
  await load

  const databases = Object.fromEntries(await createDatabases(serverUrl(), serviceNames)) as Databases
  const clean = async () => {
    const report = await audit({ databases, ...seen })
    expect(report.ok, formatReport(report)).toBe(true)
    return report
  }
  const report = await vi.waitFor(clean, { timeout: 60_000, interval: 500 })
  console.log(formatReport(report))
})
