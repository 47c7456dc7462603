import { expect, it } from 'vitest'
import { retentionJob } from '../../src/runtime/retention.ts'

it('stops deleting between two steps when the service stops, although expired rows are left', async () => {
  const stopping = new AbortController()
  let steps = 0
  const deleteUpTo = async (limit: number) => {
    steps += 1
    if (steps === 2) stopping.abort()
    return steps < 5 ? limit : 0
  }
  await retentionJob('rows', deleteUpTo).run(stopping.signal)
  expect(steps).toBe(2)
})
