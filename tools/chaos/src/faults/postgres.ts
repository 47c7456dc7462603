import { faultOf } from '@quadrille/postgres'
import type { Random } from '@quadrille/testing'
import { query } from '../world/query.ts'
import type { World } from '../world/world.ts'
import { endsAtOnce, type Fault, noTarget } from './fault.ts'

const common = { target: 'Postgres', parts: ['Postgres'] }

/** A server that is killed, paused, unavailable for long, or out of disk space; and a backend that is killed or paused. */
export const postgresFaults = ({ postgres }: World, random: Random): Fault[] => [
  {
    ...common,
    kind: 'Postgres down',
    lastsMs: [8_000, 25_000], // longer than all delays of the first retries: an outage must not use up attempts
    inject: async () => {
      await postgres.kill()
      return () => postgres.start()
    },
  },
  {
    ...common,
    kind: 'Postgres killed',
    lastsMs: [0, 4_000],
    inject: async () => {
      await postgres.kill()
      return () => postgres.start()
    },
  },
  {
    ...common,
    kind: 'Postgres paused',
    lastsMs: [500, 6_000],
    inject: async () => {
      const pid = postgres.pid()
      process.kill(pid, 'SIGSTOP') // backends continue, but no new connection is accepted
      return async () => void process.kill(pid, 'SIGCONT')
    },
  },
  {
    ...common,
    // Postgres then ends all backends and recovers, because the shared memory may be corrupt.
    kind: 'backend killed',
    lastsMs: [0, 1],
    inject: async () =>
      (await signalBackend(postgres.url, { random, signal: 'SIGKILL' })) === null ? noTarget : endsAtOnce,
  },
  {
    ...common,
    kind: 'backend paused',
    lastsMs: [500, 6_000],
    inject: async () => {
      const pid = await signalBackend(postgres.url, { random, signal: 'SIGSTOP' })
      return pid === null ? noTarget : async () => void trySignal(pid, 'SIGCONT')
    },
  },
  {
    ...common,
    // Statements fail. If Postgres can't write its log, it stops and can't start until there is free space.
    kind: 'disk full',
    lastsMs: [500, 6_000],
    inject: async () => {
      const { disk } = postgres
      if (!disk) return noTarget
      disk.fill()
      return async () => {
        disk.freeSpace()
        await postgres.revive()
      }
    },
  },
]

/**
 * Signals a backend of a service, and returns its process id. Null if no service has a backend, or Postgres is still recovering.
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
  return trySignal(pid, signal) ? pid : null
}

/** False if the process has already ended. */
const trySignal = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
