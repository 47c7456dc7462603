import { expect, it } from 'vitest'
import { runComparison } from '../../patterns/run.ts'

it('no relay loses a message in the rates, the kills and with an unread slot, and a query on states misses changes', async () => {
  const { results } = await runComparison('change-data-capture', { quick: true, log: () => undefined })
  const [delays, , kills, missed] = results.tables.map(({ rows }) => rows)
  expect(delays?.map(([relay]) => relay)).toEqual(['handoff', 'query', 'trigger', 'log'])
  expect(kills).toHaveLength(4) // the run fails if a message is lost
  for (const [, , stored] of kills ?? []) expect(Number(stored?.replaceAll(',', ''))).toBeGreaterThan(100)
  const [fast, slow, log] = missed ?? []
  for (const query of [fast, slow]) for (const count of query?.slice(2) ?? []) expect(Number(count)).toBeGreaterThan(0)
  expect(log?.slice(2)).toEqual(['0', '0', '0'])
})
