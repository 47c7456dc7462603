/** A real Postgres for the tests, and empty databases on it. */
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eraseEmbeddedPostgres, startEmbeddedPostgres } from '@quadrille/postgres/embedded'
import { Client } from 'pg'

export interface TestPostgres {
  /** Of a user who may create databases. */
  readonly url: string
  stop(): Promise<void>
}

export interface TestDatabase {
  readonly url: string
  /** Ends the sessions that are left, and deletes it. */
  drop(): Promise<void>
}

/** A database that is thrown away need not survive the machine. It still survives the kill of any process. */
const fastButFragile = { fsync: 'off', full_page_writes: 'off', max_connections: '300' }

/**
 * The server of a test run: that of TEST_DATABASE_URL, else an embedded one in a temporary folder. It ends with us, also
 * when we are killed; `stop` deletes its files.
 */
export const startTestPostgres = async (): Promise<TestPostgres> => {
  const url = process.env['TEST_DATABASE_URL']
  if (url) return { url, stop: async () => undefined }
  const directory = await mkdtemp(join(tmpdir(), 'quadrille-postgres-'))
  await chmod(directory, 0o755) // started by root, the server runs as somebody else, who must get in
  const server = await startEmbeddedPostgres({ directory, settings: fastButFragile, log: () => undefined })
  const stop = async () => {
    await server.stop()
    await eraseEmbeddedPostgres(directory, () => undefined)
    await rm(directory, { recursive: true, force: true })
  }
  return { url: server.url, stop }
}

/** A new, empty database on the server, so that tests don't meet each other's rows. Some tens of ms. */
export const createTestDatabase = async (serverUrl: string): Promise<TestDatabase> => {
  const name = `test_${randomBytes(8).toString('hex')}`
  await runOnce(serverUrl, `CREATE DATABASE ${name} TEMPLATE template0`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => runOnce(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

const runOnce = async (url: string, statement: string): Promise<void> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
