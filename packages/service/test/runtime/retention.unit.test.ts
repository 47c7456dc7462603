import { databaseClock } from '@quadrille/postgres'
import { expect, it } from 'vitest'
import { schemaJob } from '../../src/runtime/jobs.ts'
import { retentionJob } from '../../src/runtime/retention.ts'
import { createLogger } from '../../src/telemetry/log.ts'
import { post } from '../post.ts'

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

it('logs once that nothing is deleted', async () => {
  let aheadMs = 0
  const clock = databaseClock(
    async () => new Date(1_000_000 + aheadMs),
    () => 1_000_000,
  )
  const messages: string[] = []
  const log = createLogger('warn', post, { write: (line) => void messages.push(JSON.parse(line).msg) })
  const job = schemaJob({ storage: { clock }, log }, () => expect.fail('the schema is not checked'))
  const { signal } = new AbortController()
  await job.run(signal)
  expect(messages).toEqual([])
  aheadMs = 3_600_000
  for (let run = 0; run < 2; run += 1) await job.run(signal)
  expect(messages).toEqual([expect.stringContaining('no expired rows are deleted for an hour')])
})
