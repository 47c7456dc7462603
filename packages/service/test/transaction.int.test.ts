import { type Database, openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { beforeEach, expect, inject, it, onTestFinished } from 'vitest'

let database: Database

beforeEach(async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
})

/** Passes a result on later than those who wait for it themselves get theirs. */
const throughLayers = async <Result>(result: Promise<Result>, layers = 10): Promise<Result> =>
  layers === 0 ? await result : await throughLayers(result, layers - 1)

it('fails for the reason of the first statement that failed, whichever is heard of first', async () => {
  const failing = database.transaction(async (sql) => {
    await Promise.all([throughLayers(sql.query('select 1 / 0')), sql.query('select 1')])
  })
  await expect(failing).rejects.toMatchObject({ code: '22012' })
})
