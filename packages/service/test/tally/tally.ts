/** A minimal service for tests of this package, on a database of its own: it counts the events of each parcel. */
import { outboxMigrations } from '@quadrille/outbox'
import { type Database, migrate, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, recordStatements, type Template } from '@quadrille/testing'
import type { OnCommitted } from '../../src/core/batch.ts'
import type { Step } from '../../src/core/working-set.ts'
import { type Instance, instanceOn } from './tally-instance.ts'
import type { Tally } from './tally-reactions.ts'
import { sharingTables } from './tally-tables.ts'

export interface TallyService {
  readonly url: string
  readonly database: Database
  /** The statements since the last call, including begin and commit. */
  readonly statements: () => string[]
  /** A new instance of the service on the same database, or on a view of it. */
  readonly instance: (view?: Database) => Instance
  /** An instance whose parcels share the only row of the table `shared`. */
  readonly sharingInstance: () => Promise<Instance>
  readonly tallies: () => Promise<Tally[]>
  readonly outbox: () => Promise<number>
  /** The steps that were reported as committed. */
  readonly committed: Step<Tally | undefined>[]
  /** Deletes all rows, and forgets the statements and the steps. */
  readonly clear: () => Promise<void>
  readonly drop: () => Promise<void>
}

const template: Template = { name: 'outbox', fill: (url) => migrate(url, outboxMigrations) }

export const startTally = async (serverUrl: string): Promise<TallyService> => {
  const test = await createTestDatabase(serverUrl, template)
  const log: string[] = []
  const committed: Step<Tally | undefined>[] = []
  const onCommitted: OnCommitted<Tally | undefined> = (steps) => void committed.push(...steps)
  const opened = openDatabase({ url: test.url, applicationName: 'tally', max: 4, onIdleError: () => undefined })
  const database = recording(opened, log)
  await opened.query(
    'create table tally (parcel_id uuid primary key, events integer not null, weight integer not null check (weight > 0))',
  )
  return {
    url: test.url,
    database,
    statements: () => log.splice(0),
    instance: (view = database) => instanceOn(view, { onCommitted }),
    sharingInstance: async () => {
      await opened.query('create table shared (id integer primary key)')
      await opened.query('insert into shared values (1)')
      return instanceOn(database, { tables: sharingTables })
    },
    tallies: () => opened.query<Tally>('select parcel_id as "parcelId", events, weight from tally order by parcel_id'),
    outbox: async () => (await opened.query('select 1 from outbox')).length,
    committed,
    clear: async () => {
      for (const table of ['tally', 'inbox', 'outbox']) await opened.query(`delete from ${table}`)
      log.length = 0
      committed.length = 0
    },
    drop: async () => {
      await opened.end()
      await test.drop()
    },
  }
}

const recording = (database: Database, log: string[]): Database => ({
  query: (text, values) => {
    log.push(text)
    return database.query(text, values)
  },
  transaction: (work) => {
    log.push('begin')
    return database.transaction((sql) => work(recordStatements(sql, log)))
  },
  end: () => database.end(),
})
