/** Connects to a service's database, migrates it, and opens it. */

import { pause, within } from '@quadrille/async'
import type { PublishVersions } from '@quadrille/messages'
import {
  checkService,
  claimDatabase,
  findReadableVersions,
  insertReadableVersions,
  lowerReadableVersions,
  outboxMigrations,
} from '@quadrille/outbox'
import {
  checkMigrated,
  type DatabaseClock,
  type DatabasePool,
  databaseClock,
  hasTable,
  isLockConflict,
  isMissingObjectOrRight,
  isOutage,
  isServerError,
  migrate,
  openDatabase,
  readDatabaseName,
  readTimeAndCheckSchema,
  SchemaTooOld,
} from '@quadrille/postgres'
import type { Logger } from 'pino'
import { adviceFor } from '../errors/advice.ts'
import type { CommonConfig } from './config.ts'
import type { ServiceDefinition } from './define.ts'
import { withDatabase } from './with-database.ts'

export interface Storage {
  readonly database: DatabasePool
  /** The database's name, which other databases do not have, also on other servers. */
  readonly name: string
  /** Measuring it also checks the schema. @throws {SchemaTooNew} if a newer version has applied a breaking migration. */
  readonly clock: DatabaseClock
  /** The default versions of published messages: those that all consumers can read, as recorded in the database. */
  readonly publishVersions: PublishVersions
}

/** The service whose tables the database has. */
export type StoredService = Pick<ServiceDefinition<unknown, unknown>, 'language' | 'model' | 'migrations'>

export interface StorageOptions {
  readonly config: Pick<CommonConfig, 'DATABASE_URL' | 'DATABASE_CONNECTIONS' | 'MIGRATE'>
  readonly log: Logger
  readonly signal: AbortSignal
  /** Called when DATABASE_URL leads to another database: the instance must end, because it has claimed its queues for this one. */
  readonly onFatal: (error: Error) => void
}

interface WaitOptions extends Pick<StorageOptions, 'log' | 'signal'> {
  readonly config: Pick<CommonConfig, 'MIGRATE'>
}

const maxPauseMs = 5_000
const startServer = 'start Postgres, or set DATABASE_URL to another server'
const runMigration =
  'run the migration step of this version (src/migrate.ts). If it has run, check its GRANT_TO, and the search_path of the role'
const endLock = 'end the session that holds the lock, if it is not another instance that starts'

/**
 * Opens the database as soon as it can be reached. If it throws, its connections are closed.
 * @throws if it refuses for another reason, if a pooler has removed our settings, if it does not store all characters, if its schema is
 * too new, if it belongs to another service, or if the signal aborts.
 */
export const openStorage = async (
  definition: StoredService,
  { config, log, signal, onFatal }: StorageOptions,
): Promise<Storage> => {
  const { language, model, migrations } = definition
  const url = config.DATABASE_URL
  const database = openDatabase({
    url,
    applicationName: `quadrille-${model.name}`,
    max: config.DATABASE_CONNECTIONS,
    onIdleError: (err) => log.warn({ err }, 'a connection to Postgres was lost'),
    onMoved: onFatal,
  })
  const clock = databaseClock(() => readTimeAndCheckSchema(database, [outboxMigrations, migrations]))
  try {
    const found = await retryWhileUnreachable({ config, log, signal }, async () => {
      await database.checkSettings()
      if (config.MIGRATE === 'on') await migrateAll(url, definition)
      await claimDatabase(database, model.name)
      if (config.MIGRATE === 'off')
        for (const folder of [outboxMigrations, migrations]) await checkMigrated(database, folder)
      while (!(await clock.measure()) && !signal.aborted) log.warn('Postgres answers slowly: waiting to read its clock')
      await lowerReadableVersions(database, language.newestVersions())
      return {
        name: await readDatabaseName(database, 'service'),
        publishVersions: language.versionsSince(await findReadableVersions(database)),
      }
    })
    return { database, clock, ...found }
  } catch (error) {
    await within(1_000, database.end())
    throw error
  }
}

/**
 * Migrates the tables that every service has, then those of the service. For a new database, it records the newest versions of
 * all messages, which all consumers can then read.
 * @throws {DatabaseOfAnotherService} before it changes anything.
 */
export const migrateAll = async (url: string, { language, model, migrations }: StoredService): Promise<void> =>
  withDatabase(url, async (database) => {
    await database.checkSettings()
    await checkService(database, model.name)
    await migrate(url, outboxMigrations)
    await claimDatabase(database, model.name)
    const isNew = !(await hasTable(database, migrations.table)) // also after a first start that was interrupted before
    if (isNew) await insertReadableVersions(database, language.newestVersions())
    await migrate(url, migrations)
  })

/**
 * Repeats the work while Postgres is unavailable, or while another session holds a lock that the work needs. A
 * deadlock counts as such a lock. With MIGRATE=off, also until the migration step of this version has run.
 * @throws if Postgres refuses the work or cancels a statement, if the work fails for another reason, or if the signal aborts.
 */
export const retryWhileUnreachable = async <Result>(
  { config, log, signal }: WaitOptions,
  reach: () => Promise<Result>,
): Promise<Result> => {
  const mayWait = (error: unknown) => isTransient(error) || (config.MIGRATE === 'off' && isUnmigrated(error))
  for (let tries = 0; ; tries += 1) {
    try {
      return await reach()
    } catch (error) {
      if (!mayWait(error) || signal.aborted) throw error
      log.warn(
        {
          reason: reasonOf(error),
          advice: adviceFor(error) ?? adviceToWait(error),
        },
        'waiting for Postgres',
      )
      await pause(Math.min(maxPauseMs, 200 * 2 ** tries), signal)
    }
  }
}

const isTransient = (error: unknown): boolean => isLockConflict(error) || isOutage(error)

const isUnmigrated = (error: unknown): boolean => error instanceof SchemaTooOld || isMissingObjectOrRight(error)

/** Undefined if Postgres has answered with an error that has many causes, such as a full disk. */
const adviceToWait = (error: unknown): string | undefined => {
  if (isLockConflict(error)) return endLock
  if (isUnmigrated(error)) return runMigration
  return isServerError(error) ? undefined : startServer
}

/** The errors of all addresses of a host have no common message. */
const reasonOf = (error: unknown): string =>
  error instanceof AggregateError ? error.errors.join(', ') : error instanceof Error ? error.message : String(error)
