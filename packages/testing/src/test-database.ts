/** Databases that tests throw away, on the server of the test run. */
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { eventually } from './eventually.ts'

export interface TestDatabase {
  readonly url: string
  /** Ends the sessions that are left, and deletes it. */
  drop(): Promise<void>
}

/** The initial contents of a database. It is created once a test run and copied, which takes a fraction of the time. */
export interface Template {
  /** Names what `fill` does: equal names, equal contents. */
  readonly name: string
  /** Fills an empty database, and leaves no connection behind. */
  readonly fill: (url: string) => Promise<unknown>
}

/** The beginning of the names of this run's templates; not set outside of a test run. */
const prefixVariable = 'TEST_TEMPLATES'

/** A new database on the server, so that tests don't meet each other's rows. It is empty, or a copy of a template. */
export const createTestDatabase = async (serverUrl: string, template?: Template): Promise<TestDatabase> => {
  const name = `test_${randomBytes(8).toString('hex')}`
  const original = template ? await madeOnce(serverUrl, template) : 'template0'
  await runOnce(serverUrl, `create database ${name} template ${original} strategy file_copy`) // half the work of wal_log
  return { url: urlOf(serverUrl, name), drop: () => runOnce(serverUrl, `drop database if exists ${name} with (force)`) }
}

/** From now on this process and its children create templates. The returned function drops them. */
export const allowTemplates = (serverUrl: string): (() => Promise<void>) => {
  const prefix = `template_${randomBytes(8).toString('hex')}_`
  process.env[prefixVariable] = prefix
  return () =>
    withClient(serverUrl, async (client) => {
      const { rows } = await client.query<{ datname: string }>(
        'select datname from pg_database where starts_with(datname, $1)',
        [prefix],
      )
      for (const { datname } of rows) await client.query(`drop database ${datname} with (force)`)
    })
}

const made = new Map<string, Promise<string>>()

const madeOnce = (serverUrl: string, template: Template): Promise<string> => {
  const key = `${serverUrl} ${template.name}`
  const making = made.get(key) ?? make(serverUrl, template)
  made.set(key, making)
  return making
}

/** By the first process that asks; the others wait for it. */
const make = (serverUrl: string, { name, fill }: Template): Promise<string> =>
  withClient(serverUrl, async (client) => {
    const prefix = process.env[prefixVariable]
    if (!prefix)
      throw new Error(`A test database has no templates outside of a test run (${prefixVariable} is not set).`)
    const template = `${prefix}${name}`
    await client.query('select pg_advisory_lock(hashtextextended($1::text, 0))', [template])
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [template])
    if (rows.length > 0) return template
    const unfinished = `${template}_unfinished`
    await client.query(`drop database if exists ${unfinished}`) // of a process that was killed
    await client.query(`create database ${unfinished} template template0`)
    await fill(urlOf(serverUrl, unfinished))
    const rename = () => client.query(`alter database ${unfinished} rename to ${template}`)
    await eventually(rename, { seconds: 10, what: `${unfinished} has no connections` }) // Postgres ends them a little later
    return template
  })

const urlOf = (serverUrl: string, database: string): string => {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

const runOnce = (url: string, statement: string): Promise<void> =>
  withClient(url, async (client) => {
    await client.query(statement)
  })

const withClient = async <Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
