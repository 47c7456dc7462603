/** The audit is quick enough to be run at any time: a hundred thousand orders in less than ten seconds. */
import { expect, inject, it } from 'vitest'
import { auditLive, formatReport } from '../src/index.ts'
import { openCleanWorld } from './clean-world.ts'

const orders = 100_000
const withinMs = 10_000

it('100,000 orders are audited within 10 s', { timeout: 120_000 }, async () => {
  await using world = await openCleanWorld(inject('postgresUrl'), orders / 8)
  const begun = performance.now()
  const report = await auditLive({ databases: world.urls })
  const took = performance.now() - begun
  console.log(`${Math.round(took)} ms\n${formatReport(report)}`)
  expect(report.ok).toBe(true)
  expect(report.findings[0]?.checked).toMatchObject({ orders })
  expect(took).toBeLessThan(withinMs)
})
