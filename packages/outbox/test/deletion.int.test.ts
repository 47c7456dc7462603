import { randomUUID } from 'node:crypto'
import { openDatabase } from '@quadrille/postgres'
import { expect, it, onTestFinished } from 'vitest'
import { deleteOutbox } from '../src/outbox.ts'
import { useDatabase } from './a-database.ts'

const given = useDatabase()

it('the settings for the deletion of sent rows end with its transaction', async () => {
  const database = openDatabase({ url: given.url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const settings = () =>
    database.query(
      "select current_setting('synchronous_commit') as commit, current_setting('lock_timeout') as lock_timeout",
    )
  const before = await settings()
  await deleteOutbox(database, [{ seq: 1, id: randomUUID() }])
  expect(await settings()).toEqual(before)
})
