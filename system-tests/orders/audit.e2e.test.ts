/** `npm run audit` on a running system: no false alarm under load, and a true one after damage. */

import { audit, auditLive, formatReport, type Report } from '@quadrille/audit'
import { serviceNames } from '@quadrille/events'
import { openLedger } from '@quadrille/payment/ledger'
import {
  openShop,
  orderMix,
  type Placed,
  placeAll,
  type Shop,
  stockForMix,
  untilSettled,
} from '@quadrille/shop-testing'
import { sized } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { Client } from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { type System, startProcesses } from '../systems.ts'
import { runAudit } from './run-audit.ts'

const count = sized({ quick: 100, full: 400 })
/** Without orders that expire, because they would end long after all others. */
const ordersOfAllKinds = () => orderMix(count, Math.random).filter(({ kind }) => kind !== 'expired')

const placeAndSettle = async (shop: Shop): Promise<Placed> => {
  const placed = await placeAll(shop, ordersOfAllKinds(), Math.random)
  await untilSettled(
    shop,
    placed.accepted.map(({ orderId }) => orderId),
  )
  return placed
}

/** Repeats the audit until the work is done. */
const auditWhile = async ({ databases, queues }: System, work: Promise<unknown>): Promise<Report[]> => {
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
  await waitFor(system.queues) // the services may still be connecting

  const placing = placeAndSettle(shop)
  const reports = await auditWhile(system, placing)
  for (const report of reports) expect(formatReport(report)).not.toContain('✗')
  expect(Math.max(...reports.map(({ findings }) => findings[0]?.checked['in progress'] ?? 0))).toBeGreaterThan(0)

  expect(await violationsFor(system, await placing)).toEqual([])
  const sound = await runAudit([], urlsOf(system))
  expect(sound.stdout).toMatch(new RegExp(`^✓ I1: .*\\(${ordersOfAllKinds().length} orders`))
  expect(sound.stdout).toContain(', 0 without a trace)')
  expect(sound.stdout).toContain(`${(await system.queues()).size} queues`)
  expect(sound).toMatchObject({ code: 0, stdout: expect.stringContaining('All 12 invariants hold') })
  await damage(system)
  const broken = await runAudit(['--json', '--grace', '1'], urlsOf(system))
  expect(broken.code).toBe(1)
  const { findings } = JSON.parse(broken.stdout) as Report
  expect(findings.flatMap(({ violations }) => violations)).toEqual([
    expect.objectContaining({ subject: 'tea', detail: expect.stringMatching(/^\d+ are on hand, but/) }),
  ])
  expect(await system.stop()).toEqual(serviceNames.map(() => 0))
})

/** The violations that concern customers: an ending that an order can't have, a false answer, two orders for a key. */
const violationsFor = async ({ databases }: System, placed: Placed) => {
  await using ledger = openLedger({ databaseUrl: databases.payment })
  const { findings } = await audit({ databases, ledger, ...placed })
  return findings.filter(({ invariant }) => ['I1', 'I7'].includes(invariant)).flatMap(({ violations }) => violations)
}

const damage = async ({ databases }: System): Promise<void> => {
  const client = new Client({ connectionString: databases.inventory })
  await client.connect()
  await client.query(`update stock set on_hand = on_hand - 1 where sku = 'tea'`)
  await client.end()
}
