/** Delay, throughput and costs of each relay. */
import { setTimeout as pause } from 'node:timers/promises'
import { type CpuTimes, type Kinds, type ProcessKind, readCpu } from '../../../src/measure/cpu.ts'
import { cpuBetween } from '../../../src/measure/cpu-between.ts'
import { readCounters, walBetween } from '../../../src/measure/postgres-counters.ts'
import { type Summary, summarize } from '../../../src/results/statistics.ts'
import type { Context } from '../../comparison.ts'
import { type RelayName, relayNames } from '../relays/relays.ts'
import type { Load } from '../service/protocol.ts'
import { nowMs } from '../service/store.ts'
import { type RelayUnderTest, startRelay, untilAllArrived } from './surroundings.ts'

export const loadNames = ['10/s', '100/s', 'peak'] as const
export type LoadName = (typeof loadNames)[number]

/** The sum of the windows of all rounds. */
interface Total {
  messages: number
  ms: number
  readonly delaysMs: number[]
  readonly storingMs: number[]
  readonly cpuMs: Record<ProcessKind, number>
  /** The log without copies of whole pages, bytes. */
  wal: number
}

export interface Figures {
  readonly perSecond: number
  readonly delay: Summary
  readonly storing: Summary
  /** CPU time for each message, ms. */
  readonly cpu: Readonly<Record<ProcessKind, number>>
  /** The log for each message, bytes. */
  readonly wal: number
}

export interface RelayFigures {
  readonly relay: RelayName
  readonly loads: Readonly<Record<LoadName, Figures>>
  /** The CPU time without messages, ms a second. */
  readonly idle: Readonly<Record<ProcessKind, number>>
}

const rounds = 2
const idleMs = 2_000

const loads = (quick: boolean): Readonly<Record<LoadName, Load>> => ({
  '10/s': { kind: 'rate', perSecond: 10, ms: quick ? 300 : 4_000 },
  '100/s': { kind: 'rate', perSecond: 100, ms: quick ? 300 : 3_000 },
  peak: { kind: 'peak', ms: quick ? 200 : 3_000 },
})

/** Two rounds of all relays, the second in reverse order. @throws if a message is lost. */
export const measureRates = async (context: Context): Promise<RelayFigures[]> => {
  const totals = new Map(relayNames.map((relay) => [relay, newTotals()]))
  for (let round = 0; round < (context.quick ? 1 : rounds); round += 1)
    for (const relay of round % 2 === 0 ? relayNames : relayNames.toReversed()) {
      context.log(`round ${round + 1}: delay, throughput and costs of the relay by ${relay}`)
      await using started = await startRelay(context.servers, relay)
      const total = totals.get(relay)
      if (total) await measureRelay({ started, ...context }, total)
    }
  return [...totals].map(([relay, { idle, ...perLoad }]) => ({
    relay,
    loads: { '10/s': figuresOf(perLoad['10/s']), '100/s': figuresOf(perLoad['100/s']), peak: figuresOf(perLoad.peak) },
    idle: perUnit(idle.cpuMs, idle.ms / 1_000),
  }))
}

const noCpu = (): Record<ProcessKind, number> => ({ services: 0, postgres: 0, broker: 0, other: 0, load: 0, bench: 0 })
const newTotal = (): Total => ({ messages: 0, ms: 0, delaysMs: [], storingMs: [], cpuMs: noCpu(), wal: 0 })
const newTotals = () => ({ '10/s': newTotal(), '100/s': newTotal(), peak: newTotal(), idle: newTotal() })

const figuresOf = ({ messages, ms, delaysMs, storingMs, cpuMs, wal }: Total): Figures => ({
  perSecond: (messages / ms) * 1_000,
  delay: summarize(delaysMs),
  storing: summarize(storingMs),
  cpu: perUnit(cpuMs, messages),
  wal: wal / messages,
})

const perUnit = (cpuMs: Record<ProcessKind, number>, units: number): Record<ProcessKind, number> => {
  const shares = noCpu()
  for (const kind of Object.keys(shares) as ProcessKind[]) shares[kind] = cpuMs[kind] / units
  return shares
}

interface Measuring extends Context {
  readonly started: RelayUnderTest
}

const measureRelay = async (measuring: Measuring, totals: ReturnType<typeof newTotals>): Promise<void> => {
  const { quick, started } = measuring
  await started.service.run({ kind: 'peak', ms: quick ? 100 : 500 }) // so that its code is compiled
  await untilAllArrived(started)
  await pause(quick ? 0 : 1_000) // the relay deletes its last rows
  await measureIdle(measuring, totals.idle)
  for (const name of loadNames) await measureLoad(measuring, loads(quick)[name], totals[name])
}

const measureLoad = async ({ started, servers }: Measuring, load: Load, total: Total): Promise<void> => {
  const { consumer, service } = started
  const { session } = await servers.postgres('logical')
  await session.query('checkpoint')
  const kinds = await kindsOf(started, servers)
  consumer.takeDelays()
  const [begunAt, { lsn }, cpu] = [nowMs(), await readCounters(session), readCpu(kinds)]
  const { messages, storingMs } = await service.run(load)
  await untilAllArrived(started)
  addCpu(total, cpuBetween(cpu, readCpu(kinds)))
  const { bytes, fullPageImages } = await walBetween(session, lsn, (await readCounters(session)).lsn)
  total.messages += messages
  total.ms += consumer.lastAtMs() - begunAt
  total.wal += bytes - (fullPageImages ?? 0)
  total.delaysMs.push(...consumer.takeDelays())
  total.storingMs.push(...storingMs)
}

const measureIdle = async ({ started, servers, quick }: Measuring, total: Total): Promise<void> => {
  const kinds = await kindsOf(started, servers)
  const [begunAt, cpu] = [nowMs(), readCpu(kinds)]
  await pause(quick ? 100 : idleMs)
  addCpu(total, cpuBetween(cpu, readCpu(kinds)))
  total.ms += nowMs() - begunAt
}

/** Without /proc it stays 0. */
const addCpu = ({ cpuMs }: Total, used: CpuTimes | null): void => {
  for (const kind of Object.keys(cpuMs) as ProcessKind[]) cpuMs[kind] += used?.byKind[kind] ?? 0
}

const kindsOf = async ({ service }: RelayUnderTest, servers: Context['servers']): Promise<Kinds> => {
  const [postgres, broker] = [await servers.postgres('logical'), await servers.broker()]
  return new Map([
    [service.pid, 'services'],
    [postgres.pid, 'postgres'],
    [postgres.sessionPid, 'bench'],
    [process.pid, 'load'],
    ...(broker.pid === null ? [] : [[broker.pid, 'broker'] as const]),
  ] as const)
}
