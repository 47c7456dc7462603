import { faultOf } from '@quadrille/postgres'
import type { Random } from '@quadrille/testing'
import { query } from '../world/query.ts'
import type { World } from '../world/world.ts'
import { type Fault, hitNothing, overAtOnce } from './fault.ts'

const one = { target: 'Postgres', part: 'Postgres' }

/** A server that is killed, paused, down for long, or out of disk space; and a backend that is killed or paused. */
export const postgresFaults = ({ postgres }: World, random: Random): Fault[] => [
  {
    ...one,
    kind: 'Postgres down',
    lastsMs: [8_000, 25_000], // longer than the first retries together: if they counted as attempts, messages would be parked
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
      process.kill(pid, 'SIGSTOP') // backends continue; no client gets a new one
      return async () => void process.kill(pid, 'SIGCONT')
    },
  },
  {
    ...one,
    // Postgres can't trust the backend's shared memory: it ends all backends, and recovers.
    kind: 'backend killed',
    lastsMs: [0, 1],
    inject: async () =>
      (await signalBackend(postgres.url, { random, signal: 'SIGKILL' })) === null ? hitNothing : overAtOnce,
  },
  {
    ...one,
    kind: 'backend paused',
    lastsMs: [500, 6_000],
    inject: async () => {
      const pid = await signalBackend(postgres.url, { random, signal: 'SIGSTOP' })
      return pid === null ? hitNothing : async () => void signalled(pid, 'SIGCONT')
    },
  },
  {
    ...one,
    // Statements fail. If Postgres can't write its log, it stops, and can't start without free space.
    kind: 'disk full',
    lastsMs: [500, 6_000],
    inject: async () => {
      const { disk } = postgres
      if (!disk) return hitNothing
      disk.fill()
      return async () => {
        disk.makeRoom()
        await postgres.revive()
      }
    },
  },
]

/**
 * Signals a backend of a service, and returns its process id. Null if there is none, or Postgres is still recovering.
 */
const signalBackend = async (
  url: string,
  { random, signal }: { random: Random; signal: NodeJS.Signals },
): Promise<number | null> => {
  const backends = await query<{ pid: number }>(
    url,
    "select pid from pg_stat_activity where application_name like 'quadrille-%' order by pid",
  ).catch((error: unknown) => {
    if (faultOf(error) === 'unavailable') return []
    throw error
  })
  if (backends.length === 0) return null
  const { pid } = random.pick(backends)
  return signalled(pid, signal) ? pid : null
}

/** False if the process has ended meanwhile. */
const signalled = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
