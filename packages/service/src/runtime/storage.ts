/** A service's database: waited for, brought up to date, and opened. */

import { pause } from '@quadrille/async'
import type { Language, PublishVersions } from '@quadrille/messages'
import { findReadableVersions, insertReadableVersions, outboxMigrations } from '@quadrille/outbox'
import {
  type DatabaseClock,
  type DatabasePool,
  databaseClock,
  faultOf,
  isRefusal,
  type Migrations,
  migrate,
  openDatabase,
} from '@quadrille/postgres'
import type { Logger } from 'pino'
import { adviceOn } from '../errors/advice.ts'
import type { CommonConfig } from './config.ts'

export interface Storage {
  readonly database: DatabasePool
  readonly clock: DatabaseClock
  /** The versions of messages to send by default: those that all consumers can read, as far as the database tells. */
  readonly publishVersions: PublishVersions
}

export interface StorageOptions {
  readonly language: Language
  readonly service: string
  readonly config: Pick<CommonConfig, 'DATABASE_URL' | 'DATABASE_CONNECTIONS' | 'MIGRATE'>
  readonly migrations: Migrations
  readonly log: Logger
  readonly signal: AbortSignal
}

const maxPauseMs = 5_000

/** Opens the database, as soon as it can be reached. @throws when it refuses for another reason, or the signal is aborted. */
export const openStorage = async ({
  language,
  service,
  config,
  migrations,
  log,
  signal,
}: StorageOptions): Promise<Storage> => {
  const url = config.DATABASE_URL
  const database = openDatabase({
    url,
    applicationName: `quadrille-${service}`,
    max: config.DATABASE_CONNECTIONS,
    onIdleError: (err) => log.warn({ err }, 'a connection to Postgres broke'),
  })
  const clock = databaseClock(database)
  const publishVersions = await untilReached(log, signal, async () => {
    if (config.MIGRATE === 'on') await migrateAll(url, migrations, language)
    while (!(await clock.measure()) && !signal.aborted) log.warn('Postgres answers slowly: waiting to read its clock')
    return language.versionsSince(await findReadableVersions(database))
  })
  return { database, clock, publishVersions }
}

/** The tables of the shell, then those of the service. A new database records which versions of the messages existed. */
export const migrateAll = async (url: string, migrations: Migrations, language: Language): Promise<void> => {
  const run = await migrate(url, outboxMigrations)
  if (run.some((name) => name.startsWith('0001_'))) await rememberVersions(url, language)
  await migrate(url, migrations)
}

const rememberVersions = async (url: string, language: Language): Promise<void> => {
  const database = openDatabase({
    url,
    applicationName: 'quadrille-migration',
    max: 1,
    onIdleError: () => undefined, // the statement that runs rejects with it
  })
  try {
    await insertReadableVersions(database, language.newestVersions())
  } finally {
    await database.end()
  }
}

const untilReached = async <Result>(
  log: Logger,
  signal: AbortSignal,
  reach: () => Promise<Result>,
): Promise<Result> => {
  for (let tries = 0; ; tries += 1) {
    try {
      return await reach()
    } catch (error) {
      if (faultOf(error) !== 'unavailable' || isRefusal(error) || signal.aborted) throw error
      log.warn(
        { reason: reasonOf(error), advice: adviceOn(error) ?? 'start it, or set DATABASE_URL to another' },
        'waiting for Postgres',
      )
      await pause(Math.min(maxPauseMs, 200 * 2 ** tries), signal)
    }
  }
}

/** An attempt at each address of a host that fails has no message of its own. */
const reasonOf = (error: unknown): string =>
  error instanceof AggregateError ? error.errors.join(', ') : error instanceof Error ? error.message : String(error)
