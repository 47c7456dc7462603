/**
 * `npm start` is killed again and again under load: each set of its three processes once (in the quick size, some of the
 * sets), and some of them also during the next start. Every accepted order must end, and the audit must pass. KILL_SEED=…
 * repeats the plan.
 */
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { audit, type Databases, formatReport } from '@quadrille/audit'
import { deleteEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { serviceNames } from '@quadrille/events'
import { createDatabases } from '@quadrille/local/databases'
import { openLedger } from '@quadrille/payment/ledger'
import { sized } from '@quadrille/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { letIn } from './killed/customers.ts'
import { killSeed, planOf, type Round } from './killed/plan.ts'
import { processNames, type Quadrille, startQuadrille } from './killed/quadrille.ts'

const customerCount = 20
/** Of seven, in an order that the seed chooses. */
const rounds = sized({ quick: 1, full: 7 })

let folder = ''
let port = 0
let quadrille: Quadrille

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quadrille-killed-'))
  chmodSync(folder, 0o755)
  port = await freePort()
})
afterEach(async () => {
  quadrille.kill(processNames)
  await deleteEmbeddedPostgres(folder, () => undefined)
  rmSync(folder, { recursive: true, force: true })
})

/** Below the ports that Linux assigns to outgoing connections, so that no client takes it while nothing listens. */
const freePort = async (): Promise<number> => {
  for (let candidate = 20_000 + (process.pid % 10_000); ; candidate += 1) {
    const server = createServer().listen(candidate, '127.0.0.1')
    const free = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ])
    server.close()
    if (free) return candidate
  }
}

const start = (): Quadrille => {
  const anyPort = { PAYMENT_PORT: '0', INVENTORY_PORT: '0', NOTIFICATION_PORT: '0' }
  return startQuadrille(folder, { ...anyPort, ORDER_PORT: String(port), ORDER_TTL: '30s' })
}

const ready = 'Quadrille is ready'

/** After a kill a user starts it again once it has exited. Surviving processes recover by themselves. */
const killIn = async ({ victims, inTheStart }: Round, number: number): Promise<void> => {
  console.log(`round ${number}: killed ${quadrille.kill(victims).join(', ')}`)
  if (endsBy(victims)) await startAgain(inTheStart)
}

/** main.ts restarts its Postgres by itself. It exits when run.mjs has exited, and run.mjs when main.ts has. */
const endsBy = (victims: Round['victims']): boolean => victims.includes('run.mjs') || victims.includes('main')

const startAgain = async (killing: Round['inTheStart']): Promise<void> => {
  await quadrille.gone()
  quadrille = start()
  if (killing && (await quadrille.said('starting Postgres'))) {
    await pause(killing.afterMs)
    const killed = quadrille.kill(killing.victims)
    console.log(
      `during the next start, ${killing.afterMs} ms after Postgres began to start: killed ${killed.join(', ') || 'no process'}`,
    )
    if (endsBy(killed)) return startAgain(null)
  }
  // A start exits if it finds that its Postgres has exited.
  if (!(await quadrille.said(ready))) await startAgain(null)
}

const serverUrl = (): string => {
  const file = (name: string) => readFileSync(join(folder, 'postgres', name), 'utf8')
  const [, , , serverPort] = file('postmaster.pid').split('\n')
  return `postgres://quadrille:${encodeURIComponent(file('quadrille.password').trim())}@127.0.0.1:${serverPort}/postgres`
}

it('no order is lost or duplicated', { timeout: 240_000 }, async () => {
  const seed = killSeed()
  console.log(`KILL_SEED=${seed}`)
  quadrille = start()
  expect(await quadrille.said(ready)).toBe(true)
  const customers = letIn(customerCount, `http://127.0.0.1:${port}`)
  const untilAccepted = (more: number) => {
    const enough = customers.accepted.length + more
    return vi.waitFor(() => expect(customers.accepted.length).toBeGreaterThan(enough), { timeout: 20_000 })
  }
  for (const [number, round] of planOf(seed).slice(0, rounds).entries()) {
    await untilAccepted(round.afterOrders)
    await killIn(round, number)
  }
  await untilAccepted(50)
  await customers.leave()

  const databases = Object.fromEntries(await createDatabases(serverUrl(), serviceNames)) as Databases
  const { accepted, answers } = customers
  await using ledger = openLedger({ databaseUrl: databases.payment })
  const clean = async () => {
    const report = await audit({ databases, ledger, accepted, answers })
    expect(report.ok, formatReport(report)).toBe(true)
    return report
  }
  const report = await vi.waitFor(clean, { timeout: 60_000, interval: 500 })
  console.log(formatReport(report))
})
