/** The record of failed attempts beside the work. */
import { lockNotAvailable, type Sql } from '@quadrille/postgres'
import { expect, it } from 'vitest'
import { createAttemptLog } from '../../src/attempts/attempt-log.ts'
import type { FailedAttempt } from '../../src/delivery/failed-attempt.ts'
import { InFlight } from '../../src/delivery/in-flight.ts'

const attempt = { subject: '', messageId: '', type: '', error: '' } as FailedAttempt

/** A log whose inserts wait for `answer`. */
const openLog = (answer: () => Promise<never[]>) => {
  const inFlight = new InFlight()
  const lost: unknown[] = []
  let inserts = 0
  const sql: Sql = {
    query: () => {
      inserts += 1
      return answer()
    },
  }
  const record = createAttemptLog({ sql, inFlight, onLost: (error) => lost.push(error) })
  return { record, lost, inserts: () => inserts, done: () => inFlight.done() }
}

it('attempts that fail in one turn share a statement', async () => {
  const log = openLog(async () => [])
  for (let count = 0; count < 100; count += 1) log.record(attempt)
  await log.done()
  expect(log.inserts()).toBe(1)
  expect(log.lost).toEqual([])
})

it('a conflict with another instance is tried again, seven times at most', async () => {
  const conflict = Object.assign(lockNotAvailable('a duplicate key'), { code: '23505' })
  const log = openLog(() => Promise.reject(conflict))
  log.record(attempt)
  await log.done()
  expect(log.inserts()).toBe(8)
  expect(log.lost).toHaveLength(1)
})

it('while Postgres does not answer, a thousand attempts wait, and further ones are lost', async () => {
  const answer = Promise.withResolvers<never[]>()
  const log = openLog(() => answer.promise)
  for (let count = 0; count < 1_003; count += 1) log.record(attempt)
  expect(log.lost).toHaveLength(3)
  answer.resolve([])
  await log.done()
  log.record(attempt)
  await log.done()
  expect(log.lost).toHaveLength(3)
})
