import { setTimeout as pause } from 'node:timers/promises'
import { deleteEmbeddedPostgres, startEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { query } from './query.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

/** The Postgres of a run. It is killed and started again on the same port. */
export interface PostgresServer {
  /** With the superuser, without proxies. */
  readonly url: string
  readonly port: number
  /** The file system of its data. Null if it can't be mounted. */
  readonly disk: SmallDisk | null
  /** The process id of the postmaster. */
  pid(): number
  /** Like `kill -9` of the postmaster: its backends detect it, and exit. */
  kill(): Promise<void>
  /** Resolves when it has recovered and accepts connections. */
  start(): Promise<void>
  /** The same for a server that may have stopped by itself, or is stopping. */
  revive(): Promise<void>
  /** Stops it and deletes its data, but keeps its log. */
  stop(): Promise<void>
}

/** Confirmed writes survive the kill of any process, but not of the machine. */
const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '200' }

const pollEveryMs = 50

/** `directory` must be accessible to other accounts, because root may not run Postgres. */
export const startPostgres = async (directory: string): Promise<PostgresServer> => {
  const log = () => undefined
  const disk = mountSmallDisk(directory)
  const launch = async (port?: number) => {
    const server = await startEmbeddedPostgres({ directory, settings, log, ...(port && { port }) })
    const launched = { server, ended: false }
    void server.exited.then(() => {
      launched.ended = true
    })
    return launched
  }
  let running = await launch().catch((error: unknown) => {
    disk?.unmount(['postgres.log'])
    throw error
  })
  const { url, port } = running.server
  const start = async () => {
    running = await launch(port)
  }
  return {
    url,
    port,
    disk,
    pid: () => running.server.pid,
    kill: async () => {
      process.kill(running.server.pid, 'SIGKILL')
      await running.server.exited
    },
    start,
    revive: async () => {
      for (; !running.ended; await pause(pollEveryMs)) if (await answers(url)) return
      await start()
    },
    stop: async () => {
      await running.server.stop()
      await deleteEmbeddedPostgres(directory, log)
      disk?.unmount(['postgres.log'])
    },
  }
}

const answers = async (url: string): Promise<boolean> => {
  try {
    await query(url, 'select 1')
    return true
  } catch {
    return false // it is starting, or about to exit
  }
}
