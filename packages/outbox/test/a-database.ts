/** A database with the tables of this package, and messages for it. */
import type { WireMessage } from '@quadrille/messaging'
import { type Database, openDatabase } from '@quadrille/postgres'
import { type MigratedDatabase, openMigratedDatabase } from '@quadrille/testing'
import { v4 } from 'uuid'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { outboxMigrations } from '../src/index.ts'

/** A database for the tests of a file. Each test begins with empty tables. */
export const useDatabase = (): Pick<MigratedDatabase, 'url' | 'database'> => {
  let migrated: MigratedDatabase
  beforeAll(async () => {
    migrated = await openMigratedDatabase(inject('postgresUrl'), outboxMigrations)
  })
  beforeEach(() => migrated.empty())
  afterAll(() => migrated.close())
  return {
    get url() {
      return migrated.url
    },
    get database() {
      return migrated.database
    },
  }
}

export const open = (url: string): Database =>
  openDatabase({
    url,
    applicationName: 'test',
    max: 4,
    idleInTransactionMs: 60_000, // a test works elsewhere during its transaction
    onIdleError: () => undefined,
  })

export const subject = '0197a3d2-5b1c-7c3e-9a40-1f2e3d4c5b6a'

/** Each with another id, unless one is given. */
export const aMessage = (id: string = v4()): WireMessage => ({
  id,
  type: 'BooksLent',
  correlationId: subject,
  appId: 'stacks',
  contentType: 'application/cloudevents+json',
  timestamp: new Date('2026-01-01T12:00:00Z'),
  body: Buffer.from('{}'),
  headers: {},
})
