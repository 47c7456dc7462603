/** Temporary databases of tests, on the server of the test run. */
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { eventually } from './eventually.ts'

export interface TestDatabase {
  readonly url: string
  /** Ends open sessions, and drops the database. */
  drop(): Promise<void>
}

/** The initial contents of databases. A template is created once per test run and then copied, which is much faster. */
export interface Template {
  /** Identifies the contents: templates with equal names must have equal contents. */
  readonly name: string
  /** Fills an empty database, and closes its connections. */
  readonly fill: (url: string) => Promise<unknown>
}

/** The variable with the prefix of this run's template names. It is not set outside of a test run. */
const prefixVariable = 'TEST_TEMPLATES'

/** Creates a database for one test: empty, or a copy of a template. */
export const createTestDatabase = async (serverUrl: string, template?: Template): Promise<TestDatabase> => {
  const name = `test_${randomBytes(8).toString('hex')}`
  const original = template ? await createOnce(serverUrl, template) : 'template0'
  await runOnce(serverUrl, `create database ${name} template ${original} strategy file_copy`) // half the work of wal_log
  return { url: urlOf(serverUrl, name), drop: () => runOnce(serverUrl, `drop database if exists ${name} with (force)`) }
}

/** Allows this process and its children to create templates. The returned function drops them. */
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

const templates = new Map<string, Promise<string>>()

const createOnce = (serverUrl: string, template: Template): Promise<string> => {
  const key = `${serverUrl} ${template.name}`
  const created = templates.get(key) ?? createTemplate(serverUrl, template)
  templates.set(key, created)
  return created
}

/** The first process creates the template; the others wait for it. */
const createTemplate = (serverUrl: string, { name, fill }: Template): Promise<string> =>
  withClient(serverUrl, async (client) => {
    const prefix = process.env[prefixVariable]
    if (!prefix)
      throw new Error(`A test database has no templates outside of a test run (${prefixVariable} is not set).`)
    const template = `${prefix}${name}`
    await client.query('select pg_advisory_lock(hashtextextended($1::text, 0))', [template])
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [template])
    if (rows.length > 0) return template
    const unfinished = `${template}_unfinished`
    await client.query(`drop database if exists ${unfinished}`) // left by a killed process
    await client.query(`create database ${unfinished} template template0`)
    await fill(urlOf(serverUrl, unfinished))
    const rename = () => client.query(`alter database ${unfinished} rename to ${template}`)
    await eventually(rename, { seconds: 30, what: `${unfinished} has no connections` }) // Postgres closes them with a delay
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
