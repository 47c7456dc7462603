/** Two-phase commit beside the choreography, in seconds: that both survive the faults, not how fast they are. */
import { expect, test } from 'vitest'
import { compareTwoPhaseCommit } from '../patterns/two-phase-commit/run.ts'
import { openServers } from '../src/systems/servers.ts'

test('a killed coordinator leaves stock locked, and without a database only the choreography accepts orders', async () => {
  await using servers = openServers()
  const { tables, charts } = await compareTwoPhaseCommit({ servers, quick: true, log: () => undefined })
  const [, { columns, rows } = { columns: [], rows: [] }] = tables
  const outages = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
  expect(outages).toEqual([
    expect.objectContaining({ system: 'two-phase commit', fault: 'one of two killed' }),
    expect.objectContaining({ system: 'two-phase commit', fault: 'payment database away' }),
    expect.objectContaining({ system: 'choreography in one process', fault: 'payment database away', refused: '0' }),
  ])
  const [killed, refusing, accepting] = outages
  expect(Number(killed?.['longest lock of a row, s'])).toBeGreaterThanOrEqual(1) // until a coordinator may recover it
  expect(Number(killed?.['no answer, of all orders'])).toBeGreaterThan(0)
  expect(Number(refusing?.['refused'])).toBeGreaterThan(0)
  expect(accepting?.['accepted']).toBe(accepting?.['placed meanwhile'])
  expect(charts).toHaveLength(3)
})
