import { Client } from 'pg'
import { isRefusal, markOnce, sqlStateOf } from './fault.ts'
import { withoutTimeouts } from './settings.ts'

/** SQLSTATEs: another process has just created it, or does so at the same time, which only the index of the names detects. */
const createdByAnother = ['42P04', '23505']

/**
 * Creates the databases that the server doesn't have yet. Returns their URLs by their names, which are letters, digits and `_`.
 * @throws {Error} whose message, of one line, names the server and the reason. `isOutage` of its cause tells whether a later try may succeed.
 */
export const createDatabases = async <Name extends string>(
  serverUrl: string,
  names: readonly Name[],
): Promise<ReadonlyMap<Name, string>> => {
  const client = new Client({ connectionString: withoutTimeouts(serverUrl), connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined) // the running statement rejects with it
  let missing: readonly string[] = []
  try {
    await client.connect()
    missing = await findMissing(client, names)
    for (const name of missing) await create(client, name)
  } catch (error) {
    markOnce(error)
    const { host } = new URL(serverUrl)
    const reason = error instanceof AggregateError ? error.errors.join(', ') : error
    throw new Error(`The Postgres server at ${host} can't be used (${reason}). ${adviceFor(error, missing)}`, {
      cause: error,
    })
  } finally {
    await client.end()
  }
  return new Map(names.map((name) => [name, withDatabase(serverUrl, name)]))
}

const findMissing = async (client: Client, names: readonly string[]): Promise<readonly string[]> => {
  const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database WHERE datname = ANY($1)', [
    names,
  ])
  return names.filter((name) => !rows.some(({ datname }) => datname === name))
}

/** The template of the server may have another encoding, or a collation that changes with the C library of its machine. */
const create = async (client: Client, name: string): Promise<void> => {
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'`)
  } catch (error) {
    if (!createdByAnother.includes(sqlStateOf(error))) throw error
  }
}

const adviceFor = (error: unknown, missing: readonly string[]): string => {
  const code = sqlStateOf(error)
  if (code === '42601') return 'Use Postgres 15 or later.' // syntax_error: earlier versions have no LOCALE_PROVIDER
  if (code === '42501' && missing.length > 0)
    // insufficient_privilege, after the login
    return `Create ${missing.join(', ')} with this role as the owner, or let it create databases (alter role … createdb).`
  return isRefusal(error)
    ? 'Correct the user, the password or the database in DATABASE_URL.'
    : 'Start it, or set DATABASE_URL to another.'
}

const withDatabase = (serverUrl: string, name: string): string => {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
