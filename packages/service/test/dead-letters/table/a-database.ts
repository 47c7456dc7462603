/** A database with the tables of dead letters, and sample dead letters. */
import type { DeadLetter } from '@quadrille/messaging'
import { outboxMigrations } from '@quadrille/outbox'
import { type Database, migrate, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, type Template } from '@quadrille/testing'
import { v4, v7 } from 'uuid'
import { inject, onTestFinished } from 'vitest'

const template: Template = { name: 'outbox', fill: (url) => migrate(url, outboxMigrations) }

/** Opens a database for one test. */
export const aDatabase = async (): Promise<Database> => {
  const { database, close } = await openDatabaseOfDeadLetters()
  onTestFinished(close)
  return database
}

/** Opens a database. `close` drops it. */
export const openDatabaseOfDeadLetters = async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'), template)
  const database = openDatabase({
    url,
    applicationName: 'test',
    max: 4,
    idleInTransactionMs: 60_000, // a test works elsewhere during its transaction
    onIdleError: () => undefined,
  })
  const close = async () => {
    await database.end()
    await drop()
  }
  return { database, close }
}

export const subject = '0197a3d2-5b1c-7c3e-9a40-1f2e3d4c5b6a'

/** A dead letter of a new message. */
export const aDeadLetter = (
  details: Partial<DeadLetter> = {},
  message: Partial<DeadLetter['message']> = {},
): DeadLetter => ({
  id: v7(),
  queue: 'desk.inbox',
  exchange: 'stacks.events',
  message: {
    id: v4(),
    type: 'BooksLent',
    correlationId: subject,
    appId: 'stacks',
    contentType: 'application/cloudevents+json',
    timestamp: new Date('2026-01-01T12:00:00Z'),
    body: Buffer.from('{}'),
    headers: {},
    ...message,
  },
  reason: 'attempts_exhausted',
  error: 'no such loan',
  stack: null,
  attempts: 6,
  firstFailedAt: new Date('2026-01-01T12:00:01.234Z'),
  lastFailedAt: new Date('2026-01-01T12:13:00Z'),
  ...details,
})
