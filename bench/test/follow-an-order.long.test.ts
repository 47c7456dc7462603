/** Each kind of client sees that its order is fulfilled, in seconds: that it does, not what it costs. */
import { expect, test } from 'vitest'
import { compareFollowing, kinds } from '../patterns/follow-an-order/run.ts'
import { openServers } from '../src/systems/servers.ts'

test('each kind of client sees the end of its order', async () => {
  await using servers = openServers()
  const { tables } = await compareFollowing({ servers, quick: true, log: () => undefined })
  expect(tables[0]?.rows.map(([kind]) => kind)).toEqual(Object.keys(kinds))
  expect(Number(tables[0]?.rows.find(([kind]) => kind === 'a stream each')?.[2])).toBe(40)
})
