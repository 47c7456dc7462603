/** The check of database-as-queue sees a task that was handled twice. */
import { createTestDatabase } from '@quadrille/testing'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { openOutcomes } from '../patterns/database-as-queue/outcomes.ts'
import { makeTask } from '../patterns/database-as-queue/task.ts'

let session: Client
let drop: () => Promise<void>

beforeEach(async () => {
  const database = await createTestDatabase(inject('postgresUrl'))
  drop = database.drop
  session = new Client({ connectionString: database.url })
  await session.connect()
})

afterEach(async () => {
  await session.end()
  await drop()
})

const query = (text: string, values: unknown[]) => session.query(text, values)
const noFailure = () => undefined

test('a second outcome makes the run wrong, if tasks may not repeat', async () => {
  const outcomes = await openOutcomes(session, { mayRepeat: false })
  const task = makeTask()
  await outcomes.write(query, [task])
  await outcomes.complete(1, noFailure)
  await expect(outcomes.write(query, [task])).rejects.toThrow('duplicate key')
  await expect(outcomes.complete(1, noFailure)).rejects.toThrow('duplicate key')
})

test('a repeated task is recognized by its outcome, if tasks may repeat', async () => {
  const outcomes = await openOutcomes(session, { mayRepeat: true })
  const [task, other] = [makeTask(), makeTask()]
  for (const batch of [[task], [task, other]]) await outcomes.write(query, batch)
  await outcomes.complete(2, noFailure)
})

test('the outcomes of each second leave out a last part of a second', async () => {
  const outcomes = await openOutcomes(session, { mayRepeat: false })
  const startMs = Date.UTC(2026, 0, 1) + 0.25
  for (const second of [0, 0.5, 1.9, 2.1]) {
    const task = makeTask()
    await outcomes.write(query, [task])
    const writtenAt = new Date(startMs + second * 1_000 + 1)
    await query('update outcome set written_at = $1 where task_id = $2', [writtenAt, task.id])
  }
  expect(await outcomes.perSecond(startMs, startMs + 2_300)).toEqual([2, 1])
})
