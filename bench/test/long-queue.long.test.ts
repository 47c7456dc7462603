/** The comparison of a long queue in small size: the consumer takes each event. */
import { expect, test } from 'vitest'
import { runComparison } from '../patterns/run.ts'

test('a consumer catches up with its inbox', async () => {
  const { results } = await runComparison('long-queue', { quick: true, log: () => undefined })
  const [table] = results.tables
  expect(table?.rows.map(([phase]) => phase)).toEqual([
    'empty inbox',
    'publishing',
    'waiting',
    'catching up',
    'empty again',
  ])
})
