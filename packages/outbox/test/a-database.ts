/** A database with the tables of this package, and messages for it. */
import type { WireMessage } from '@quadrille/messaging'
import { type Database, migrate, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, type Template } from '@quadrille/testing'
import { v4 } from 'uuid'
import { inject, onTestFinished } from 'vitest'
import { outboxMigrations } from '../src/index.ts'

const template: Template = { name: 'outbox', fill: (url) => migrate(url, outboxMigrations) }

/** The URL of a database for one test, which is dropped afterwards. */
export const aDatabaseUrl = async (): Promise<string> => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'), template)
  onTestFinished(drop)
  return url
}

export const open = (url: string): Database =>
  openDatabase({ url, applicationName: 'test', max: 4, onIdleError: () => undefined })

/** Open for one test. */
export const aDatabase = async (): Promise<Database> => {
  const database = open(await aDatabaseUrl())
  onTestFinished(() => database.end())
  return database
}

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
