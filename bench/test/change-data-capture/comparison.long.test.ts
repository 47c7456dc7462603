import { expect, it } from 'vitest'
import { runComparison } from '../../patterns/run.ts'

it('no relay loses a message in the rates and the kills', async () => {
  const { results } = await runComparison('change-data-capture', { quick: true, log: () => undefined })
  const [delays, , kills] = results.tables.map(({ rows }) => rows)
  expect(delays?.map(([relay]) => relay)).toEqual(['handoff', 'query', 'trigger', 'log'])
  expect(kills).toHaveLength(4) // the run fails if a message is lost
  for (const [, , stored] of kills ?? []) expect(Number(stored?.replaceAll(',', ''))).toBeGreaterThan(100)
})
