import { Client, DatabaseError } from 'pg'

/** SQLSTATE: another process has just created it. */
const duplicateDatabase = '42P04'

/**
 * Creates the databases that the server doesn't have yet. Returns their URLs by their names, which are letters, digits and `_`.
 * @throws {Error} whose message, of one line, names the server and the reason.
 */
export const createDatabases = async <Name extends string>(
  serverUrl: string,
  names: readonly Name[],
): Promise<ReadonlyMap<Name, string>> => {
  const client = new Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined) // the running statement rejects with it
  try {
    await client.connect()
    for (const name of names) await createIfMissing(client, name)
  } catch (error) {
    const { host } = new URL(serverUrl)
    const reason = error instanceof AggregateError ? error.errors.join(', ') : error
    throw new Error(
      `The Postgres server at ${host} can't be used (${reason}). Start it, or set DATABASE_URL to another.`,
      { cause: error },
    )
  } finally {
    await client.end()
  }
  return new Map(names.map((name) => [name, withDatabase(serverUrl, name)]))
}

const createIfMissing = async (client: Client, name: string): Promise<void> => {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
  if (rowCount !== 0) return
  try {
    await client.query(`CREATE DATABASE ${name}`)
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === duplicateDatabase)) throw error
  }
}

const withDatabase = (serverUrl: string, name: string): string => {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
