/** The workflow and the choreography end each order alike, and lose none when a process is killed. */
import { expect, test } from 'vitest'
import { runComparison } from '../patterns/run.ts'

test('the comparison with an orchestrator runs, and its checks hold', async () => {
  const { results } = await runComparison('orchestration', { quick: true, log: () => undefined })
  const [ends, stuckWorkflow, stuckOrder, , outages] = results.tables
  expect(ends?.rows.length).toBeGreaterThanOrEqual(10)
  expect(stuckWorkflow?.rows.map(([step]) => step)).toContain('charge')
  expect(stuckOrder?.rows.map(([, owedBy]) => owedBy)).toEqual(['payment'])
  for (const [, accepted] of outages?.rows ?? []) expect(Number(accepted)).toBeGreaterThan(0)
})
