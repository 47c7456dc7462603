/** Orders without and beside photos, in seconds: that all are settled and photos are processed, not how fast. */
import { expect, test } from 'vitest'
import { compareWithPhotos } from '../patterns/claim-check/run.ts'
import { openServers } from '../src/systems/servers.ts'

/** A benchmark accepts no 503. If the machine pauses for some seconds within a transaction, Postgres ends it, and the answer is one. */
const unlessPaused = { retry: { count: 2, condition: /Postgres is not available/ } }

test('orders are settled beside photos that are processed', unlessPaused, async () => {
  await using servers = openServers()
  const { tables, charts } = await compareWithPhotos({ servers, quick: true, log: () => undefined })
  expect(tables[0]?.rows.map(([mode, photos]) => [mode, photos?.split(' ', 1)[0]])).toEqual([
    ['in one process', 'without'],
    ['in one process', 'beside'],
  ])
  expect(charts).toHaveLength(1)
})
