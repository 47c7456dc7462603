/** Times migrations on tables with stored orders, and shows what they lock. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from 'pg'
import { alignedTable } from '../results/table.ts'
import { type PostgresServer, withSession } from '../systems/postgres.ts'
import { measuredServices } from '../systems/services.ts'
import { databaseOf } from '../systems/system.ts'
import { workingTree } from '../systems/version.ts'
import { createStored } from './templates.ts'

/** The first migration of a folder that is undone and run again. Later ones are, too. Earlier ones create the tables. */
const first = /_(updates_in_place|inbox_by_subject)\.sql$/

interface Migration {
  readonly name: string
  readonly up: string
  readonly down: string
}

/** Undoes the migrations, runs each again in a transaction, and prints a table. The databases remain. */
export const timeMigrations = async (
  postgres: PostgresServer,
  orders: number,
  print: (line: string) => void,
): Promise<void> => {
  await createStored({ postgres, stored: { orders }, report: print })
  const rows: string[][] = []
  for (const service of measuredServices) {
    const migrations = [...(await migrationsIn('packages/outbox')), ...(await migrationsIn(`services/${service}`))]
    await withSession(postgres.urlOf(databaseOf(service)), async (client) => {
      for (const { down } of migrations.toReversed()) await client.query(down)
      for (const { name, up } of migrations) {
        const begun = performance.now()
        await client.query(`begin; ${up}`)
        const ms = performance.now() - begun
        rows.push([service, name, await locksOf(client), ms.toFixed(0)])
        await client.query('commit')
      }
    })
  }
  print(`\n${alignedTable([['service', 'migration', 'locks held at its end', 'ms'], ...rows], 3)}`)
}

const migrationsIn = async (unit: string): Promise<Migration[]> => {
  const folder = join(workingTree.root, unit, 'migrations')
  const names = (await readdir(folder)).sort()
  const begin = names.findIndex((name) => first.test(name))
  return Promise.all(
    names.slice(begin < 0 ? names.length : begin).map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8')
      const [, up = '', down = ''] = text.split(/^-- (?:Up|Down) Migration$/m)
      if (up.trim() === '' || down.trim() === '')
        throw new Error(
          `${unit}/migrations/${name} needs a part after "-- Up Migration" and one after "-- Down Migration".`,
        )
      return { name: name.replace('.sql', ''), up, down }
    }),
  )
}

/**
 * The locks on tables of the present transaction that block other statements, such as `payment: ShareLock`. Reads and writes of rows
 * take other locks, which block neither each other nor a migration that takes none of these.
 */
const locksOf = async (client: Client): Promise<string> => {
  const { rows } = await client.query<{ lock: string }>(
    `select relname || ': ' || string_agg(mode, ' and ' order by mode) as lock
     from pg_locks join pg_class on pg_class.oid = relation
     where pid = pg_backend_pid() and granted and relkind = 'r' and relnamespace::regnamespace::text in ('public', 'gateway')
       and mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
     group by relname order by relname`,
  )
  return rows.map(({ lock }) => lock).join(', ')
}
