import { openDatabase } from '@quadrille/postgres'
import type { Random } from '@quadrille/testing'
import type { PostgresServer } from '../world/postgres.ts'
import type { SmallDisk } from '../world/small-disk.ts'
import type { World } from '../world/world.ts'
import { type Fault, overAtOnce } from './fault.ts'

const one = { target: 'Postgres', part: 'Postgres' }

/** The server that is killed, stands still, is away for long, or finds its disk full; and a backend that is killed or stands still. */
export const postgresFaults = ({ postgres }: World, random: Random): Fault[] => [
  ...(postgres.disk ? [diskFull(postgres, postgres.disk)] : []),
  {
    ...one,
    kind: 'Postgres away',
    lastsMs: [8_000, 25_000], // longer than the first retries together: were it their fault, messages would be given up
    inject: async () => {
      await postgres.kill()
      return () => postgres.start()
    },
  },
  {
    ...one,
    kind: 'Postgres killed',
    lastsMs: [0, 4_000],
    inject: async () => {
      await postgres.kill()
      return () => postgres.start()
    },
  },
  {
    ...one,
    kind: 'Postgres paused',
    lastsMs: [500, 6_000],
    inject: async () => {
      const pid = postgres.pid()
      process.kill(pid, 'SIGSTOP') // backends go on; nobody gets a new one
      return async () => void process.kill(pid, 'SIGCONT')
    },
  },
  {
    ...one,
    // Postgres can't know what the backend left in shared memory: it ends all others too, and recovers.
    kind: 'backend killed',
    lastsMs: [0, 1],
    inject: async () => {
      await signalBackend(postgres.url, { random, signal: 'SIGKILL' })
      return overAtOnce
    },
  },
  {
    ...one,
    kind: 'backend paused',
    lastsMs: [500, 6_000],
    inject: async () => {
      const pid = await signalBackend(postgres.url, { random, signal: 'SIGSTOP' })
      return async () => {
        if (pid !== null) process.kill(pid, 'SIGCONT')
      }
    },
  },
]

/** Statements fail; where it can't write its log, Postgres ends itself, and can't start before there is room. */
const diskFull = (postgres: PostgresServer, disk: SmallDisk): Fault => ({
  ...one,
  kind: 'disk full',
  lastsMs: [500, 6_000],
  inject: async () => {
    disk.fill()
    return async () => {
      disk.makeRoom()
      await postgres.revive()
    }
  },
})

/** Signals a backend of some service, and returns its process id; null where there is none. */
const signalBackend = async (
  url: string,
  { random, signal }: { random: Random; signal: NodeJS.Signals },
): Promise<number | null> => {
  const database = openDatabase({ url, applicationName: 'chaos', max: 1, onIdleError: () => undefined })
  try {
    const backends = await database.query<{ pid: number }>(
      "select pid from pg_stat_activity where application_name like 'quadrille-%' order by pid",
    )
    if (backends.length === 0) return null
    const { pid } = random.pick(backends)
    process.kill(pid, signal)
    return pid
  } finally {
    await database.end()
  }
}
