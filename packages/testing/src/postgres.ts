/** A real Postgres for the tests. */
import { chmod, chown, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  deleteEmbeddedPostgres,
  makeCluster,
  startEmbeddedPostgres,
  templateVariable,
} from '@quadrille/embedded-postgres'
import { Client } from 'pg'
import type { Certificate } from './certificates.ts'
import { eventually } from './eventually.ts'
import { makeServerFolder } from './server-folder.ts'

export interface TestPostgres {
  /** For a user who may create databases. */
  readonly url: string
  stop(): Promise<void>
}

/** A temporary database need not survive a crash of the machine. It survives the crash of any process. */
const withoutDurability = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  autovacuum: 'off', // saves work in each of the many databases
  shared_buffers: '32MB', // dropping a database searches all of them for its pages
}

/**
 * The server of a test run: the one at TEST_DATABASE_URL, or an embedded one in a temporary folder. It exits with this
 * process, even if this process is killed. `stop` deletes its files.
 */
export const startTestPostgres = async (): Promise<TestPostgres> => {
  const url = process.env['TEST_DATABASE_URL']
  return url ? { url, stop: async () => undefined } : startEmbedded()
}

/** A separate server, also with TEST_DATABASE_URL: for tests that create databases with fixed names. */
export const startPrivatePostgres = (): Promise<TestPostgres> => startEmbedded()

/** A separate server. Its cluster is not a copy of the others. Its URL differs from this one, of another server, only in the port. */
export const startOtherCluster = async (url: string): Promise<TestPostgres> => {
  const template = process.env[templateVariable]
  delete process.env[templateVariable]
  const server = await startEmbedded().finally(() =>
    Object.assign(process.env, template && { [templateVariable]: template }),
  )
  const { username, password } = new URL(url)
  await runOnce(server.url, `alter role ${username} password '${password}'`)
  return { ...server, url: Object.assign(new URL(server.url), { password }).href }
}

/** A separate server with this certificate, with optional TLS. */
export const startTlsPostgres = async (certificate: Certificate): Promise<TestPostgres> => {
  const { directory, ...server } = await startEmbedded()
  await installCertificate(join(directory, 'postgres'), certificate)
  for (const statement of ['alter system set ssl = on', 'select pg_reload_conf()']) await runOnce(server.url, statement)
  const withTls = `${server.url}?sslmode=no-verify`
  await eventually(() => runOnce(withTls, 'select 1'), { seconds: 30, what: 'Postgres accepts TLS' })
  return server
}

/** A separate server that is a standby: it waits for the log of a primary, and only reads can be executed. */
export const startStandbyPostgres = async (): Promise<TestPostgres> => {
  const directory = await temporaryDirectory()
  await writeFile(join(await makeCluster(directory), 'standby.signal'), '')
  return startIn(directory, { tuned: false }) // our own settings keep a server from being a standby
}

/** Writes the files that Postgres expects. It rejects a key that other users may read. */
const installCertificate = async (cluster: string, { certificate, key }: Certificate): Promise<void> => {
  const { uid, gid } = await stat(cluster)
  for (const [name, content] of Object.entries({ 'server.crt': certificate, 'server.key': key })) {
    await writeFile(join(cluster, name), content, { mode: 0o600 })
    await chown(join(cluster, name), uid, gid)
  }
}

/** Afterwards this process and its children create each embedded Postgres as a copy of one cluster. */
export const makeClusterTemplate = async (): Promise<{ readonly erase: () => Promise<void> }> => {
  const directory = await temporaryDirectory()
  process.env[templateVariable] = await makeCluster(directory)
  const erase = async () => {
    delete process.env[templateVariable]
    await eraseCluster(directory)
  }
  return { erase }
}

/** As root, the server runs as another user, who needs access to the directory. */
const temporaryDirectory = async (): Promise<string> => {
  const directory = makeServerFolder()
  await chmod(directory, 0o755)
  return directory
}

const eraseCluster = async (directory: string): Promise<void> => {
  await deleteEmbeddedPostgres(directory, () => undefined)
  await rm(directory, { recursive: true, force: true })
}

const startEmbedded = async (): Promise<TestPostgres & { readonly directory: string }> =>
  startIn(await temporaryDirectory())

const startIn = async (
  directory: string,
  { tuned }: { readonly tuned: boolean } = { tuned: true },
): Promise<TestPostgres & { readonly directory: string }> => {
  const server = await startEmbeddedPostgres({ directory, settings: withoutDurability, tuned, log: () => undefined })
  const stop = async () => {
    await server.stop()
    await eraseCluster(directory)
  }
  return { url: server.url, directory, stop }
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
