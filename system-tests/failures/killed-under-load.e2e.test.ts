/**
 * `npm start` is killed repeatedly under load. Each round kills another set of its three processes; some rounds also kill a
 * set during the restart. The quick size runs one round. Every accepted order must end, no rejected one may be stored, and the audit
 * must pass. KILL_SEED repeats a plan.
 */

import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { audit, type Databases, formatReport } from '@quadrille/audit'
import { deleteEmbeddedPostgres, freePort } from '@quadrille/embedded-postgres'
import { serviceNames } from '@quadrille/events'
import { createDatabases } from '@quadrille/local/databases'
import { openLedger } from '@quadrille/payment/ledger'
import { sized } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startCustomers } from './killed/customers.ts'
import { killSeed, planOf, type Round } from './killed/plan.ts'
import { processNames, type Quadrille, startQuadrille } from './killed/quadrille.ts'

const customerCount = 20
/** The number of the seven rounds to run. The seed determines their order. */
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

const start = (): Quadrille => {
  const anyPort = { PAYMENT_PORT: '0', INVENTORY_PORT: '0', NOTIFICATION_PORT: '0', CONSOLE: 'off', DEMO: 'off' }
  return startQuadrille(folder, { ...anyPort, ORDER_PORT: String(port), ORDER_TTL: '30s' })
}

const ready = 'Quadrille is ready'

/** Kills processes. If Quadrille exits, starts it again like a user; otherwise it recovers by itself. */
const killRound = async ({ targets, duringRestart }: Round, number: number): Promise<void> => {
  console.log(`round ${number}: killed ${quadrille.kill(targets).join(', ')}`)
  if (endsBy(targets)) await startAgain(duringRestart)
}

/** main.ts restarts its Postgres by itself. It exits when run.mjs has exited, and run.mjs when main.ts has. */
const endsBy = (targets: Round['targets']): boolean => targets.includes('run.mjs') || targets.includes('main')

const startAgain = async (killing: Round['duringRestart']): Promise<void> => {
  await quadrille.exited()
  quadrille = start()
  if (killing && (await quadrille.printed('starting Postgres'))) {
    await pause(killing.afterMs)
    const killed = quadrille.kill(killing.targets)
    console.log(
      `during the next start, ${killing.afterMs} ms after Postgres began to start: killed ${killed.join(', ') || 'no process'}`,
    )
    if (endsBy(killed)) return startAgain(null)
  }
  // A start exits if its Postgres has exited.
  if (!(await quadrille.printed(ready))) await startAgain(null)
}

const serverUrl = (): string => {
  const file = (name: string) => readFileSync(join(folder, 'postgres', name), 'utf8')
  const [, , , serverPort] = file('postmaster.pid').split('\n')
  return `postgres://quadrille:${encodeURIComponent(file('quadrille.password').trim())}@127.0.0.1:${serverPort}/postgres`
}

/** Those of the keys under which an order is stored. */
const storedKeys = async (url: string, keys: readonly string[]): Promise<string[]> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ key: string }>('select key from idempotency_key where key = any($1)', [keys])
    return rows.map(({ key }) => key)
  } finally {
    await client.end()
  }
}

it('no order is lost or duplicated', async () => {
  const seed = killSeed()
  console.log(`KILL_SEED=${seed}`)
  quadrille = start()
  expect(await quadrille.printed(ready)).toBe(true)
  const customers = startCustomers(customerCount, `http://127.0.0.1:${port}`)
  const untilAccepted = (more: number) => {
    const enough = customers.accepted.length + more
    return waitFor(() => expect(customers.accepted.length).toBeGreaterThan(enough))
  }
  for (const [number, round] of planOf(seed).slice(0, rounds).entries()) {
    await untilAccepted(round.afterOrders)
    await killRound(round, number)
  }
  await untilAccepted(50)
  await customers.stop()

  const databases = Object.fromEntries(await createDatabases(serverUrl(), serviceNames)) as Databases
  const { accepted, answers, rejectedKeys } = customers
  expect(await storedKeys(databases.order, rejectedKeys)).toEqual([])
  await using ledger = openLedger({ databaseUrl: databases.payment })
  const clean = async () => {
    const report = await audit({ databases, ledger, accepted, answers })
    expect(report.ok, formatReport(report)).toBe(true)
    return report
  }
  const report = await waitFor(clean, { interval: 2_000 }) // an audit of all orders is expensive
  console.log(formatReport(report))
})
