/** Times the statements of migrations on tables with stored orders, and shows what they lock. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from 'pg'
import { alignedTable } from '../results/table.ts'
import { type PostgresServer, withSession } from '../systems/postgres.ts'
import { type MeasuredService, measuredServices } from '../systems/services.ts'
import { databaseOf } from '../systems/system.ts'
import { workingTree } from '../systems/version.ts'
import { createStored } from './templates.ts'

/** The first migration of a folder that is undone and run again. Later ones are, too. Earlier ones create the tables. */
const first = /_(updates_in_place|inbox_by_subject)\.sql$/

export interface MigrationFile {
  readonly name: string
  /** The statements, in their order. */
  readonly up: readonly string[]
  readonly down: readonly string[]
}

interface TimedStatement {
  readonly statement: string
  readonly ms: number
  /** The locks on tables that its transaction holds after it and that block other statements, such as `payment: ShareLock`. */
  readonly locks: readonly string[]
}

/** Prints a table: a line for each statement. The databases remain, with the latest version of their tables. */
export const timeMigrations = async (
  postgres: PostgresServer,
  orders: number,
  print: (line: string) => void,
): Promise<void> => {
  await createStored({ postgres, stored: { orders }, report: print })
  const rows: string[][] = []
  for (const service of measuredServices) {
    const files = [...(await migrationsIn('packages/outbox')), ...(await migrationsIn(`services/${service}`))]
    for (const { name, statements } of await runAgain(postgres, service, files))
      rows.push(
        ...statements.map(({ statement, ms, locks }) => [
          ...[service, name, shortened(statement), locks.join(', '), ms.toFixed(0)],
        ]),
      )
  }
  print(`\n${alignedTable([['service', 'migration', 'statement', 'locks held after it', 'ms'], ...rows], 4)}`)
}

const shortened = (text: string): string => (text.length <= 80 ? text : `${text.slice(0, 79)}…`)

const migrationsIn = async (unit: string): Promise<MigrationFile[]> => {
  const folder = join(workingTree.root, unit, 'migrations')
  const names = (await readdir(folder)).sort()
  const begin = names.findIndex((name) => first.test(name))
  const latest = begin < 0 ? [] : names.slice(begin)
  return Promise.all(latest.map(async (name) => parseMigration(name, await readFile(join(folder, name), 'utf8'))))
}

export const parseMigration = (name: string, text: string): MigrationFile => {
  const [, up = '', down = ''] = text.split(/^-- (?:Up|Down) Migration$/m)
  return { name: name.replace('.sql', ''), up: statementsIn(up), down: statementsIn(down) }
}

/** A semicolon ends a statement, unless it is in a text or in the body of a block (`do $$ … $$`). */
const statement = /(?:\$\$[\s\S]*?\$\$|'[^']*'|[^;])+/g

const statementsIn = (text: string): string[] =>
  (text.replaceAll(/--.*$/gm, '').match(statement) ?? [])
    .map((each) => each.trim().replaceAll(/\s+/g, ' '))
    .filter((each) => each !== '')

/** Undoes the migrations, and runs each again in a transaction of its own. */
const runAgain = (postgres: PostgresServer, service: MeasuredService, files: readonly MigrationFile[]) => {
  const url = postgres.urlOf(databaseOf(service))
  return withSession(url, (client) =>
    withSession(url, async (observer) => {
      for (const { down } of files.toReversed()) for (const statement of down) await client.query(statement)
      const results: { readonly name: string; readonly statements: readonly TimedStatement[] }[] = []
      for (const { name, up } of files) results.push({ name, statements: await timeAll(client, observer, up) })
      return results
    }),
  )
}

const timeAll = async (client: Client, observer: Client, statements: readonly string[]): Promise<TimedStatement[]> => {
  const timed: TimedStatement[] = []
  await client.query('begin')
  for (const statement of statements) {
    const begun = performance.now()
    await client.query(statement)
    timed.push({ statement, ms: performance.now() - begun, locks: await locksOf(observer, client) })
  }
  await client.query('commit')
  return timed
}

/** Reads and writes of rows take other locks, which block neither each other nor a migration that takes none of these. */
const locksOf = async (observer: Client, client: Client): Promise<string[]> => {
  const session = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const { rows } = await observer.query<{ lock: string }>(
    `select relname || ': ' || string_agg(mode, ' and ' order by mode) as lock
     from pg_locks join pg_class on pg_class.oid = relation
     where pid = $1 and granted and relkind = 'r' and relnamespace::regnamespace::text in ('public', 'gateway')
       and mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
     group by relname order by relname`,
    [session.rows[0]?.pid],
  )
  return rows.map(({ lock }) => lock)
}
