/** Delay, throughput and costs of each relay. */
import { setTimeout as pause } from 'node:timers/promises'
import { readCounters, walBetween } from '../../../src/measure/postgres-counters.ts'
import { type Summary, summarize } from '../../../src/results/statistics.ts'
import type { Context } from '../../comparison.ts'
import { type CpuUsed, kindsOf, startCpuMeter } from '../../cpu-meter.ts'
import { nowMs } from '../../now.ts'
import { type RelayName, relayNames } from '../relays/relays.ts'
import type { Load } from '../service/protocol.ts'
import { type RelayUnderTest, startRelay, untilAllArrived, untilDeleted } from './surroundings.ts'

export const loadNames = ['10/s', '100/s', 'peak'] as const
export type LoadName = (typeof loadNames)[number]

const measuredKinds = ['services', 'postgres', 'broker'] as const
/** Kinds of processes. Their CPU time is NaN without /proc. */
type Measured = (typeof measuredKinds)[number]

/** The sum of the windows of all rounds. */
interface Total {
  messages: number
  ms: number
  readonly delaysMs: number[]
  readonly cpuMs: Record<Measured, number>
  /** The log without copies of whole pages, bytes. */
  wal: number
}

export interface Figures {
  readonly perSecond: number
  /** From the commit of the transaction, as the service sees it, until the first arrival, ms. */
  readonly delay: Summary
  /** CPU time for each message, ms. */
  readonly cpu: Readonly<Record<Measured, number>>
  /** The log for each message, bytes. */
  readonly wal: number
}

export interface RelayFigures {
  readonly relay: RelayName
  readonly loads: Readonly<Record<LoadName, Figures>>
  /** The CPU time of Postgres without messages, ms a second. That of the others is shorter than a tick of the kernel. */
  readonly idlePostgres: number
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
    idlePostgres: idle.cpuMs.postgres / (idle.ms / 1_000),
  }))
}

const noCpu = (): Record<Measured, number> => ({ services: 0, postgres: 0, broker: 0 })
const newTotal = (): Total => ({ messages: 0, ms: 0, delaysMs: [], cpuMs: noCpu(), wal: 0 })
const newTotals = () => ({ '10/s': newTotal(), '100/s': newTotal(), peak: newTotal(), idle: newTotal() })

const figuresOf = ({ messages, ms, delaysMs, cpuMs, wal }: Total): Figures => ({
  perSecond: (messages / ms) * 1_000,
  delay: summarize(delaysMs),
  cpu: perUnit(cpuMs, messages),
  wal: wal / messages,
})

const perUnit = (
  { services, postgres, broker }: Record<Measured, number>,
  units: number,
): Record<Measured, number> => ({
  services: services / units,
  postgres: postgres / units,
  broker: broker / units,
})

interface Measuring extends Context {
  readonly started: RelayUnderTest
}

const measureRelay = async (measuring: Measuring, totals: ReturnType<typeof newTotals>): Promise<void> => {
  const { quick, started } = measuring
  await started.service.run({ kind: 'peak', ms: quick ? 100 : 500 }) // so that its code is compiled
  await untilAllArrived(started)
  await untilDeleted(started)
  await pause(quick ? 0 : 1_000) // the relay by trigger falls asleep
  await measureIdle(measuring, totals.idle)
  for (const name of loadNames) await measureLoad(measuring, loads(quick)[name], totals[name])
}

const measureLoad = async ({ started, servers }: Measuring, load: Load, total: Total): Promise<void> => {
  const { consumer, service } = started
  const { session } = await servers.postgres('logical')
  await session.query('checkpoint')
  const kinds = await kindsAround(started, servers)
  const [begunAt, { lsn }, readMeter] = [nowMs(), await readCounters(session), startCpuMeter(kinds)]
  const transactions = await service.run(load)
  await untilAllArrived(started)
  await untilDeleted(started) // otherwise some relays would do a part of their work after the readings
  addCpu(total, readMeter())
  const { bytes, content } = await walBetween(session, lsn, (await readCounters(session)).lsn)
  for (const { ids, atMs } of transactions)
    for (const id of ids) total.delaysMs.push((consumer.firstAtMs.get(id) ?? Number.NaN) - atMs)
  total.messages += transactions.reduce((sum, { ids }) => sum + ids.length, 0)
  total.ms += consumer.lastAtMs() - begunAt
  total.wal += bytes - (content?.fullPageImages ?? 0)
}

const measureIdle = async ({ started, servers, quick }: Measuring, total: Total): Promise<void> => {
  const readMeter = startCpuMeter(await kindsAround(started, servers))
  await pause(quick ? 100 : idleMs)
  const used = readMeter()
  addCpu(total, used)
  total.ms += used.ms
}

const addCpu = ({ cpuMs }: Total, used: CpuUsed): void => {
  for (const kind of measuredKinds) cpuMs[kind] += used.of(kind)
}

const kindsAround = async ({ service }: RelayUnderTest, servers: Context['servers']) => {
  const [postgres, broker] = [await servers.postgres('logical'), await servers.broker()]
  return kindsOf([
    [service.pid, 'services'],
    [postgres.pid, 'postgres'],
    [postgres.sessionPid, 'bench'],
    [process.pid, 'load'],
    [broker.pid, 'broker'],
  ])
}
