/** An audit of many orders, with its duration. The figure in the documents comes from AUDIT_ORDERS=100000. */
import { openDatabase } from '@quadrille/postgres'
import { expect, inject, it } from 'vitest'
import { auditLive, formatReport } from '../src/index.ts'
import { openCleanWorld } from './clean-world.ts'

const orders = Number(process.env['AUDIT_ORDERS'] ?? 10_000)

const timed = async <Result>(work: () => Promise<Result>): Promise<[Result, number]> => {
  const begun = performance.now()
  return [await work(), performance.now() - begun]
}

/** Reads the events once, for a comparison with the machine's speed. */
const readEvents = async (url: string): Promise<void> => {
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  await database.query(`select count(event->>'type') from order_event`)
  await database.end()
}

it(`${orders} orders are audited`, async () => {
  await using world = await openCleanWorld(inject('postgresUrl'), orders / 8)
  const [, readingMs] = await timed(() => readEvents(world.urls.order))
  const [report, took] = await timed(() => auditLive({ databases: world.urls, ledger: world.ledger }))
  console.log(`${Math.round(took)} ms; ${Math.round(readingMs)} ms to read the events\n${formatReport(report)}`)
  expect(report.ok).toBe(true)
  expect(report.findings[0]?.checked).toMatchObject({ orders })
})
