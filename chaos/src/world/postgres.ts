import { eraseEmbeddedPostgres, startEmbeddedPostgres } from '@quadrille/postgres/embedded'

/** The run's Postgres, which is killed and started again on the same port. */
export interface PostgresServer {
  /** Of the superuser, past all proxies. */
  readonly url: string
  readonly port: number
  /** Of the postmaster. */
  pid(): number
  /** Like `kill -9` of the postmaster: its backends notice, and end. */
  kill(): Promise<void>
  /** Resolves when it has recovered and takes connections. */
  start(): Promise<void>
  /** Stops it and deletes its data; its log stays. */
  stop(): Promise<void>
}

/** What is confirmed survives the kill of any process, though not of the machine. */
const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '200' }

/** `directory` must be one that other accounts can enter, as root may not run Postgres. */
export const startPostgres = async (directory: string): Promise<PostgresServer> => {
  const log = () => undefined
  let server = await startEmbeddedPostgres({ directory, settings, log })
  const { url, port } = server
  return {
    url,
    port,
    pid: () => server.pid,
    kill: async () => {
      process.kill(server.pid, 'SIGKILL')
      await server.exited
    },
    start: async () => {
      server = await startEmbeddedPostgres({ directory, settings, log, port })
    },
    stop: async () => {
      await server.stop()
      await eraseEmbeddedPostgres(directory, log)
    },
  }
}
