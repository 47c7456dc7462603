import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { placeBinaries } from './binaries.ts'
import { locateCluster } from './cluster-location.ts'
import { freePort } from './free-port.ts'
import { initialize, readPassword, superuser } from './initialize.ts'
import { stopLeftover } from './leftover.ts'
import { type Server, ServerFailed, type ServerOptions, startServer } from './server.ts'
import type { Settings } from './settings.ts'

export interface EmbeddedPostgresOptions {
  /** The directory of its state. Only one start at a time may use it: the caller holds the lock of `lockFolder`. */
  readonly directory: string
  /** Default: a free one. */
  readonly port?: number
  /** Added to our own settings, or replacing them. `fsync: 'off'` is for tests only. */
  readonly settings?: Settings
  /** False leaves out our own tuning: Postgres' defaults apply. Default true. */
  readonly tuned?: boolean
  /** Called with progress messages, one line each. */
  readonly log: (line: string) => void
}

export interface EmbeddedPostgres extends Server {
  /** The superuser's URL, with its password. */
  readonly url: string
  readonly port: number
}

/** How long backends of a killed server may take to detect that and free their memory, ms. */
const orphanPatienceMs = 20_000
const retryMs = 100

/**
 * Starts a real Postgres with its state in `directory`, on 127.0.0.1 only. Creates the cluster unless it exists. Takes
 * over a cluster whose last start was killed at any moment. It ends with this process, even if that is killed. Resolves
 * when it accepts connections. If this process is root, Postgres runs as another account.
 * @throws if it can't run here, or its port is in use.
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const { directory, settings = {}, tuned = true, log } = options
  const location = await locateCluster(directory, log)
  const { cluster, account } = location
  const binaries = await placeBinaries(account)
  await initialize(location, binaries, settings['fsync'] !== 'off')
  const password = readPassword(cluster)
  const port = options.port ?? (await freePort())
  const logFile = join(directory, 'postgres.log')
  const server = await startWhenFree({ binaries, cluster, account, port, tuned, settings, logFile }, log)
  const url = `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`
  return { ...server, url, port }
}

/**
 * Creates a cluster in `directory`, which must be empty, without starting a server: a template for others
 * (`templateVariable`). It need not survive a power failure. Returns its path.
 */
export const makeCluster = async (directory: string): Promise<string> => {
  const location = await locateCluster(directory, () => undefined)
  await initialize(location, await placeBinaries(location.account), false)
  return location.cluster
}

/** Starts it when the earlier server and its remaining backends have ended. */
const startWhenFree = async (options: ServerOptions, log: (line: string) => void): Promise<Server> => {
  const deadline = performance.now() + orphanPatienceMs
  while (true) {
    await stopLeftover(options.cluster, log)
    const outcome = await startServer(options).catch(onlyFailures)
    if (!(outcome instanceof ServerFailed)) return outcome
    if (!isHeldByOrphans(outcome) || performance.now() > deadline) throw withExplanation(outcome, options)
    await delay(retryMs)
  }
}

const onlyFailures = (error: unknown): ServerFailed => {
  if (error instanceof ServerFailed) return error
  throw error
}

/** Its shared memory is in use, or its pid file contains the id of another process. */
const isHeldByOrphans = ({ message }: ServerFailed): boolean =>
  /pre-existing shared memory block|lock file "postmaster.pid" already exists/.test(message)

const withExplanation = (error: ServerFailed, { port, logFile }: ServerOptions): Error =>
  /could not bind/.test(error.message)
    ? new Error(`Port ${port} of the embedded Postgres is in use.`, { cause: error })
    : new Error(`The embedded Postgres did not start; the end of ${logFile}:\n${error.message}`, { cause: error })
