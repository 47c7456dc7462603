import { Client, DatabaseError } from 'pg'

/** A database of its own for each service on one server. */
const databaseOf = (service: string): string => `quadrille_${service}`

/** SQLSTATE: somebody else has just made it. */
const duplicateDatabase = '42P04'

/**
 * Makes the databases that aren't there yet. Returns their URLs, by service.
 * @throws one line that says which server can't be used, and why.
 */
export const createDatabases = async <Service extends string>(
  serverUrl: string,
  services: readonly Service[],
): Promise<ReadonlyMap<Service, string>> => {
  const client = new Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 })
  try {
    await client.connect()
    for (const service of services) await createIfMissing(client, databaseOf(service))
  } catch (error) {
    const { host } = new URL(serverUrl)
    const reason = error instanceof AggregateError ? error.errors.join(', ') : error
    throw new Error(
      `The Postgres server at ${host} can't be used (${reason}). Start it, or set DATABASE_URL to another.`,
      {
        cause: error,
      },
    )
  } finally {
    await client.end()
  }
  return new Map(services.map((service) => [service, withDatabase(serverUrl, databaseOf(service))]))
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
