import { openDatabase } from '@quadrille/postgres'
import type { Random } from '@quadrille/testing'
import type { World } from '../world/world.ts'
import { type Fault, overAtOnce } from './fault.ts'

const one = { target: 'Postgres', part: 'Postgres' }

/** The server, or a backend, that is killed or stands still. */
export const postgresFaults = ({ postgres }: World, random: Random): Fault[] => [
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
