import { setTimeout as pause } from 'node:timers/promises'
import { eraseEmbeddedPostgres, startEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { query } from './query.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

/** The run's Postgres, which is killed and started again on the same port. */
export interface PostgresServer {
  /** Of the superuser, past all proxies. */
  readonly url: string
  readonly port: number
  /** Where its data is; null where no such disk can be had. */
  readonly disk: SmallDisk | null
  /** Of the postmaster. */
  pid(): number
  /** Like `kill -9` of the postmaster: its backends notice, and end. */
  kill(): Promise<void>
  /** Resolves when it has recovered and takes connections. */
  start(): Promise<void>
  /** The same for one that may have ended itself, or is about to. */
  revive(): Promise<void>
  /** Stops it and deletes its data; its log stays. */
  stop(): Promise<void>
}

/** What is confirmed survives the kill of any process, though not of the machine. */
const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '200' }

const lookEveryMs = 50

/** `directory` must be one that other accounts can enter, as root may not run Postgres. */
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
  let running = await launch()
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
      for (; !running.ended; await pause(lookEveryMs)) if (await answers(url)) return
      await start()
    },
    stop: async () => {
      await running.server.stop()
      await eraseEmbeddedPostgres(directory, log)
      disk?.unmount(['postgres.log'])
    },
  }
}

const answers = async (url: string): Promise<boolean> => {
  try {
    await query(url, 'select 1')
    return true
  } catch {
    return false // it is starting, or about to end
  }
}
