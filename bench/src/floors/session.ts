/** Measures the floors of this machine. */
import { tmpdir } from 'node:os'
import { type CpuTimes, type Kinds, type ProcessKind, readCpu } from '../measure/cpu.ts'
import { cpuBetween, ofOtherPrograms } from '../measure/cpu-between.ts'
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
    if (load.kind !== 'floor' || (load.floor === 'messages' && options.messages === null)) continue
    await postgres.session.query('checkpoint')
    const result = { load, figures: await measure(load.floor, options, postgres) }
    results.push(result)
    onResult(result)
  }
  return results
}

const measure = async (floor: FloorName, options: FloorOptions, postgres: PostgresServer): Promise<Figures> => {
  const { servers, ms, messages } = options
  const url = postgres.urlOf(database)
  switch (floor) {
    case 'sync':
      return run({ kind: 'sync', folder: tmpdir() }, { ms, kinds: new Map() })
    case 'messages': {
      const broker = await servers.broker()
      const vhost = await broker.createVhost()
      const kinds = new Map<number, ProcessKind>(broker.pid === null ? [] : [[broker.pid, 'broker']])
      const spec = {
        kind: 'messages',
        url: vhost.url,
        messages: messages ?? { published: 1, delivered: 1, bytes: 1 },
      } as const
      return run(spec, { ms, kinds }).finally(() => vhost.drop())
    }
    default:
      return run({ kind: 'postgres', url, ...floors[floor] }, { ms, kinds: new Map([[postgres.pid, 'postgres']]) })
  }
}

const floors = {
  'rows-1': { clients: 1, rowsPerTransaction: 1 },
  'rows-4': { clients: 4, rowsPerTransaction: 1 },
  'rows-16': { clients: 16, rowsPerTransaction: 1 },
  'rows-batched': { clients: 4, rowsPerTransaction: 100 },
} as const

interface Running {
  readonly ms: number
  readonly kinds: Kinds
}

/** Runs one floor in a process of its own. The figures are those of one operation: its rate, and its CPU as that of an order. */
const run = async (floor: FloorSpec, { ms, kinds }: Running): Promise<Figures> => {
  const work: FloorWork = { floor, ms }
  const child = startForked<'go', FromFloor>(new URL('main.ts', import.meta.url), JSON.stringify(work))
  try {
    const all = new Map<number, ProcessKind>([...kinds, [process.pid, 'bench'], [child.pid, 'services']])
    await child.next('ready')
    const begin = readCpu(all)
    const ending = child.next('ended')
    child.send('go')
    const ended = await ending
    return figuresOf(ended, cpuBetween(begin, readCpu(all)))
  } finally {
    await child.kill()
  }
}

const figuresOf = ({ operations, ms }: { operations: number; ms: number }, cpu: CpuTimes | null): Figures => {
  const rate = (operations / ms) * 1_000
  if (!cpu) return { rate }
  const { services, postgres, broker } = cpu.byKind
  const each = (value: number) => value / operations
  return {
    rate,
    cpu: each(services + postgres + broker),
    cpuServices: each(services),
    ...(postgres > 0 && { cpuPostgres: each(postgres) }),
    ...(broker > 0 && { cpuBroker: each(broker) }),
    ...ofOtherPrograms(cpu, ms),
  }
}
