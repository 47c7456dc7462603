import { databaseClock } from '@quadrille/postgres'
import { expect, it } from 'vitest'
import { retentionJob } from '../../src/runtime/retention.ts'

const steady = databaseClock(async () => new Date())

it('stops deleting between two steps when the service stops, although expired rows are left', async () => {
  const stopping = new AbortController()
  let steps = 0
  const deleteUpTo = async (limit: number) => {
    steps += 1
    if (steps === 2) stopping.abort()
    return steps < 5 ? limit : 0
  }
  await retentionJob('rows', steady, deleteUpTo).run(stopping.signal)
  expect(steps).toBe(2)
})

it.each([1, 60 * 24])(
  'deletes nothing for an hour after the database’s clock went ahead by a minute and %d more',
  async (more) => {
    const local = { ms: 1_000_000 }
    let aheadMs = 0
    const clock = databaseClock(
      async () => new Date(local.ms + aheadMs),
      () => local.ms,
    )
    await clock.measure()
    let steps = 0
    const deleteUpTo = async () => {
      steps += 1
      return 0
    }
    const deleteRows = () => retentionJob('rows', clock, deleteUpTo).run(new AbortController().signal)
    await deleteRows()
    expect(steps).toBe(1)
    aheadMs = (1 + more) * 60_000
    await deleteRows()
    aheadMs = 0
    await deleteRows()
    local.ms += 3_599_000
    await deleteRows()
    expect(steps).toBe(1)
    local.ms += 1_000
    await deleteRows()
    expect(steps).toBe(2)
  },
)

it('goes on if the clock is set back, or goes ahead slowly', async () => {
  const local = { ms: 1_000_000 }
  let aheadMs = 0
  const clock = databaseClock(
    async () => new Date(local.ms + aheadMs),
    () => local.ms,
  )
  let steps = 0
  const deleteUpTo = async (limit: number) => {
    steps += 1
    aheadMs += steps === 5 ? -3_600_000 : 30_000
    return steps < 10 ? limit : 0
  }
  await retentionJob('rows', clock, deleteUpTo).run(new AbortController().signal)
  expect(steps).toBe(10)
})
