/** The versions of messages that a service sends by default depend on when its database was created. */

import { defineLanguage } from '@quadrille/messages'
import { outboxMigrations } from '@quadrille/outbox'
import { migrate, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, type Template } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { commonConfig } from '../../src/runtime/config.ts'
import { migrateAll, openStorage, type StoredService } from '../../src/runtime/storage.ts'
import { createLogger } from '../../src/telemetry/log.ts'
import { post } from '../post.ts'
import { tracked } from '../tally/tracker-service.ts'

const newDatabase = async (template?: Template): Promise<string> => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'), template)
  onTestFinished(drop)
  return url
}
const emptyDatabase = () => newDatabase()
const migratedDatabase = () => newDatabase({ name: 'tracker', fill: (url) => migrateAll(url, tracked) })

const { ParcelRecalled } = post.messages
/** The release before version 2 of ParcelRecalled. */
const earlier = {
  ...tracked,
  language: defineLanguage({
    ...post,
    messages: { ...post.messages, ParcelRecalled: { ...ParcelRecalled, versions: [ParcelRecalled.versions[0]] } },
    subject: { field: 'parcelId', description: 'the parcel id' },
  }),
}

/** Starts a service on this database, and returns the versions that it publishes. */
const versionsAt = async (url: string, MIGRATE: 'on' | 'off' = 'on', release: StoredService = tracked) => {
  const { database, publishVersions } = await openStorage(release, {
    config: commonConfig.parse({ DATABASE_URL: url, MIGRATE }),
    log: createLogger('silent', post),
    signal: new AbortController().signal,
    onFatal: () => undefined,
  })
  await database.end()
  return publishVersions
}

test('a service that creates its database publishes the newest versions, also after a restart', async () => {
  const url = await emptyDatabase()
  expect(await versionsAt(url)).toEqual(post.newestVersions())
  expect(await versionsAt(url)).toEqual(post.newestVersions())
})

test('a service whose database was created by a separate migration step does so too', async () => {
  const url = await migratedDatabase()
  expect(await versionsAt(url, 'off')).toEqual(post.newestVersions())
})

test('a service does so too if its first start was interrupted during the migrations', async () => {
  const url = await emptyDatabase()
  await migrate(url, outboxMigrations)
  expect(await versionsAt(url)).toEqual(post.newestVersions())
})

test('a version is not published if the database was created before the version existed', async () => {
  const url = await migratedDatabase()
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  await database.query("update readable_version set version = 1 where type = 'ParcelRecalled'")
  expect(await versionsAt(url)).toEqual({ ...post.newestVersions(), ParcelRecalled: 1 })
  await database.query('delete from readable_version')
  expect(await versionsAt(url)).toEqual({})
})

test('after a return to an earlier release, an upgrade publishes no newer version than that could read', async () => {
  const url = await migratedDatabase()
  expect(await versionsAt(url, 'on', earlier)).toEqual({ ...post.newestVersions(), ParcelRecalled: 1 })
  expect(await versionsAt(url)).toEqual({ ...post.newestVersions(), ParcelRecalled: 1 })
})
