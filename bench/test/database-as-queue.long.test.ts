/** The comparison of queues in small sizes: every task has one outcome in each of them. */
import { expect, test } from 'vitest'
import { runComparison } from '../patterns/run.ts'

test('each queue gives each task one outcome', async () => {
  const lines: string[] = []
  const { results } = await runComparison('database-as-queue', { quick: true, log: (line) => lines.push(line) })
  expect(lines).toContain('a snapshot is held: product, RabbitMQ')
  const [steady, drains, snapshots, taken] = results.tables
  expect(steady?.rows).toHaveLength(8)
  for (const table of [drains, snapshots]) expect(table?.rows).toHaveLength(4)
  expect(taken?.rows).toHaveLength(3)
})
