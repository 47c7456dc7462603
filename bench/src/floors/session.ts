/** Measures the floors of this machine. */
import { tmpdir } from 'node:os'
import { type CpuTimes, kindsOf, type ProcessKind, readCpu } from '../measure/cpu.ts'
import { cpuBetween, dividedBy, ofOtherPrograms } from '../measure/cpu-between.ts'
import type { FloorName } from '../plan/loads.ts'
import type { Session } from '../plan/plan.ts'
import type { Figures } from '../results/figures.ts'
import type { SessionResult } from '../session.ts'
import { startForked } from '../systems/forked.ts'
import type { PostgresServer } from '../systems/postgres.ts'
import type { Servers } from '../systems/servers.ts'
import type { FloorSpec, FloorWork, FromFloor, OrderMessages } from './floor.ts'

export interface FloorOptions {
  readonly servers: Servers
  /** The duration of each window, ms. */
  readonly ms: number
  /** The messages of an order of the product over RabbitMQ. Null if they were not counted: their floor is left out. */
  readonly messages: OrderMessages | null
  /** Called after each floor. */
  readonly onResult: (result: SessionResult) => void
}

const database = 'floor'

/** @throws if an operation fails. */
export const runFloors = async ({ loads }: Session, options: FloorOptions): Promise<SessionResult[]> => {
  const { servers, onResult } = options
  const postgres = await servers.postgres('default')
  await postgres.dropAll() // a session that went wrong may have left its databases
  await postgres.create([database])
  const results: SessionResult[] = []
  for (const load of loads) {
    if (load.kind !== 'floor') continue
    await postgres.session.query('checkpoint')
    const figures = await measure(load.floor, options, postgres)
    if (figures === null) continue
    const result = { load, figures }
    results.push(result)
    onResult(result)
  }
  return results
}

const measure = async (
  floor: FloorName,
  { servers, ms, messages }: FloorOptions,
  postgres: PostgresServer,
): Promise<Figures | null> => {
  const url = postgres.urlOf(database)
  switch (floor) {
    case 'sync':
      return run({ kind: 'sync', folder: tmpdir() }, ms)
    case 'messages': {
      if (messages === null) return null
      const broker = await servers.broker()
      const vhost = await broker.createVhost()
      const spec = { kind: 'messages', url: vhost.url, messages } as const
      return run(spec, ms, [broker.pid, 'broker']).finally(() => vhost.drop())
    }
    default:
      return run({ kind: 'postgres', url, ...floors[floor] }, ms, [postgres.pid, 'postgres'])
  }
}

const floors = {
  'rows-1': { clients: 1, rowsPerTransaction: 1 },
  'rows-4': { clients: 4, rowsPerTransaction: 1 },
  'rows-16': { clients: 16, rowsPerTransaction: 1 },
  'rows-batched': { clients: 4, rowsPerTransaction: 100 },
} as const

/** Runs one floor in a process of its own. The figures are those of one operation: its rate, and its CPU as that of an order. */
const run = async (floor: FloorSpec, ms: number, server?: readonly [number | null, ProcessKind]): Promise<Figures> => {
  const work: FloorWork = { floor, ms }
  const child = startForked<'go', FromFloor>(new URL('main.ts', import.meta.url), JSON.stringify(work))
  try {
    const kinds = kindsOf([...(server ? [server] : []), [process.pid, 'bench'], [child.pid, 'services']])
    await child.next('ready')
    const begin = readCpu(kinds)
    const ending = child.next('ended')
    child.send('go')
    const ended = await ending
    return figuresOf(ended, cpuBetween(begin, readCpu(kinds)))
  } finally {
    await child.kill()
  }
}

const figuresOf = ({ operations, ms }: { operations: number; ms: number }, cpu: CpuTimes | null): Figures => {
  const rate = (operations / ms) * 1_000
  if (!cpu) return { rate }
  const { services = 0, postgres, broker } = dividedBy(cpu, operations)
  return {
    rate,
    cpu: services + (postgres ?? 0) + (broker ?? 0),
    cpuServices: services,
    ...(postgres !== undefined && { cpuPostgres: postgres }),
    ...(broker !== undefined && { cpuBroker: broker }),
    ...ofOtherPrograms(cpu, ms),
  }
}
