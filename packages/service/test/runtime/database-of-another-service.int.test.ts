/** A database belongs to one service, and has a name. */
import { DatabaseOfAnotherService } from '@quadrille/outbox'
import { openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { commonConfig } from '../../src/runtime/config.ts'
import { migrateAll, openStorage } from '../../src/runtime/storage.ts'
import { createLogger } from '../../src/telemetry/log.ts'
import { post } from '../post.ts'
import { tracked } from '../tally/tracker-service.ts'

const other = {
  ...tracked,
  model: { ...tracked.model, name: 'other' },
  migrations: { ...tracked.migrations, table: 'other_migration' },
}

const open = (definition: typeof other | typeof tracked, url: string, MIGRATE: 'on' | 'off') =>
  openStorage(definition, {
    config: commonConfig.parse({ DATABASE_URL: url, MIGRATE }),
    log: createLogger('silent', post),
    signal: new AbortController().signal,
    onFatal: () => undefined,
  })

test('a service refuses the database of another service, and creates no table there', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'), {
    name: 'tracker',
    fill: (created) => migrateAll(created, tracked),
  })
  onTestFinished(drop)
  for (const MIGRATE of ['on', 'off'] as const) {
    const opening = open(other, url, MIGRATE)
    await expect(opening).rejects.toThrow(DatabaseOfAnotherService)
    await expect(opening).rejects.toThrow(/^the database test_\w+ belongs to the service tracker: set DATABASE_URL/)
    const { database } = await open(tracked, url, MIGRATE)
    await database.end()
  }
  await expect(migrateAll(url, other)).rejects.toThrow(DatabaseOfAnotherService)
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  expect(await database.query("select tablename from pg_tables where tablename = 'other_migration'")).toEqual([])
})

test('two schemas of a database count as two databases, and one in public has the name of its database', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  await database.query('create schema copy')
  const nameOf = async (address: string) => {
    const opened = await open(tracked, address, 'on')
    await opened.database.end()
    return opened.name
  }
  const name = await nameOf(url)
  expect(name).toMatch(/^\d+\.test_\w+$/)
  expect(await nameOf(`${url}?options=-c%20search_path%3Dcopy`)).toBe(`${name}.copy`)
})
