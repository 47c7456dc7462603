/** `npm run audit` on running systems: no false alarm under load, and a true one after damage. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { auditLive, formatReport, type Report } from '@quadrille/audit'
import { deleteEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { serviceNames } from '@quadrille/events'
import { openLedger } from '@quadrille/payment/ledger'
import { openShop, orderMix, placeAll, type Shop, stockForMix, untilSettled } from '@quadrille/shop-testing'
import { sized } from '@quadrille/testing'
import { Client } from 'pg'
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { type System, startProcesses } from '../systems.ts'

const root = new URL('../../', import.meta.url).pathname
const count = sized({ quick: 100, full: 400 })
/** Without orders that expire, because they would end long after all others. */
const ordersOfAllKinds = () => orderMix(count, Math.random).filter(({ kind }) => kind !== 'expired')

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const runAudit = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['tools/audit/src/main.ts', ...args],
      { cwd: root, env: { ...process.env, AMQP_URL: '', ...env } },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })

const placeAndSettle = async (shop: Shop): Promise<void> => {
  const { accepted } = await placeAll(shop, ordersOfAllKinds(), Math.random)
  await untilSettled(
    shop,
    accepted.map(({ orderId }) => orderId),
    60,
  )
}

/** Repeats the audit until the work is done. */
const auditWhile = async ({ databases, queues }: System, work: Promise<void>): Promise<Report[]> => {
  await using ledger = openLedger({ databaseUrl: databases.payment })
  const reports: Report[] = []
  let done = false
  const auditRepeatedly = async () => {
    do reports.push(await auditLive({ databases, ledger, readQueues: queues }))
    while (!done)
  }
  await Promise.all([work.finally(() => (done = true)), auditRepeatedly()])
  return reports
}

const urlsOf = ({ databases, amqpUrl }: System): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(databases).map(([name, url]) => [`${name.toUpperCase()}_DATABASE_URL`, url])),
  ...(amqpUrl && { AMQP_URL: amqpUrl }),
})

test('the audit reports no violation under load, and detects missing stock', async () => {
  const system = await startProcesses(inject('postgresUrl'), inject('rabbitmqUrl'))
  onTestFinished(() => system.drop())
  const shop = openShop(system.urls)
  onTestFinished(() => shop.close())
  await shop.setStock(stockForMix)
  await vi.waitFor(system.queues, { timeout: 20_000 }) // the services may still be connecting

  const reports = await auditWhile(system, placeAndSettle(shop))
  for (const report of reports) expect(formatReport(report)).not.toContain('✗')
  expect(Math.max(...reports.map(({ findings }) => findings[0]?.checked['in progress'] ?? 0))).toBeGreaterThan(0)

  const sound = await runAudit([], urlsOf(system))
  expect(sound.stdout).toMatch(new RegExp(`^✓ I1: .*\\(${ordersOfAllKinds().length} orders`))
  expect(sound.stdout).toContain(`${(await system.queues()).size} queues`)
  expect(sound).toMatchObject({ code: 0, stdout: expect.stringContaining('All 12 invariants hold') })
  await damage(system)
  const broken = await runAudit(['--grace', '1'], urlsOf(system))
  expect(broken).toMatchObject({ code: 1, stdout: expect.stringMatching(/^ {4}tea: \d+ are on hand, but/m) })
  const { findings } = JSON.parse((await runAudit(['--json', '--grace', '0'], urlsOf(system))).stdout) as Report
  expect(findings.flatMap(({ violations }) => violations.map(({ subject }) => subject))).toEqual(['tea'])
  await system.stop()
})

const damage = async ({ databases }: System): Promise<void> => {
  const client = new Client({ connectionString: databases.inventory })
  await client.connect()
  await client.query(`update stock set on_hand = on_hand - 1 where sku = 'tea'`)
  await client.end()
}

describe('the command', () => {
  test('audits the system that npm start runs in a folder, and reports if there is none', async () => {
    const DATA_DIR = mkdtempSync(join(tmpdir(), 'quadrille-audit-'))
    chmodSync(DATA_DIR, 0o755)
    onTestFinished(async () => {
      await deleteEmbeddedPostgres(DATA_DIR, () => undefined)
      rmSync(DATA_DIR, { recursive: true, force: true })
    })
    const nothing = {
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`No Quadrille is running in ${DATA_DIR}. Run npm start`),
    }
    expect(await runAudit([], { DATA_DIR })).toEqual(nothing)
    const child = await startIn(DATA_DIR)
    expect(await runAudit([], { DATA_DIR })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^✓ I1: .*\(0 orders/),
    })
    const brokerUnavailable = {
      code: 1,
      stdout: expect.stringMatching(/^✓ I1: [\s\S]*^ {4}\d+ × no answer: .*ECONNREFUSED/m),
    }
    expect(await runAudit(['--grace', '0'], { DATA_DIR, AMQP_URL: 'amqp://127.0.0.1:1' })).toMatchObject(
      brokerUnavailable,
    )
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
    expect(await runAudit([], { DATA_DIR })).toEqual(nothing)
  })

  test.for([
    [['--grace', 'soon'], {}, '--grace is soon; expected seconds'],
    [['--quick'], {}, "Unknown option '--quick'"],
    [
      [],
      { DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1' },
      /ECONNREFUSED.*order at 127.0.0.1:1\/quadrille_order/,
    ],
  ] as const)('exits with 2 on invalid arguments or an unreachable server: %j', async ([args, env, message]) => {
    const { code, stderr } = await runAudit(args, env)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('secret')
    expect(code).toBe(2)
  })
})

const startIn = async (folder: string): Promise<ChildProcess> => {
  const anyPorts = Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_PORT`, '0']))
  const child = spawn(process.execPath, ['local/src/main.ts'], {
    cwd: root,
    env: { ...process.env, AMQP_URL: '', ...anyPorts, CONSOLE: 'off', DATA_DIR: folder },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk))
  await vi.waitFor(() => expect(output).toContain('Quadrille is ready'), { timeout: 30_000 })
  return child
}
