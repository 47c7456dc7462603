/** Delay, throughput and costs of each relay. */
import { setTimeout as pause } from 'node:timers/promises'
import { kindsOf } from '../../../src/measure/cpu.ts'
import { readCounters, walBetween } from '../../../src/measure/postgres-counters.ts'
import { summarize } from '../../../src/results/statistics.ts'
import type { Context } from '../../comparison.ts'
import { startCpuMeter } from '../../cpu-meter.ts'
import { mediansOf } from '../../medians.ts'
import { nowMs } from '../../now.ts'
import { type RelayName, relayNames } from '../relays/relays.ts'
import type { Load } from '../service/protocol.ts'
import { type RelayUnderTest, startRelay, untilAllArrived, untilDeleted } from './surroundings.ts'

export const loadNames = ['10/s', '100/s', 'peak'] as const
export type LoadName = (typeof loadNames)[number]

/** CPU times are NaN without /proc. */
export type Figures = {
  readonly perSecond: number
  /** From the commit of the transaction, as the service sees it, until the first arrival, ms. */
  readonly delayP50: number
  readonly delayP99: number
  /** CPU time for each message, ms. */
  readonly cpuService: number
  readonly cpuPostgres: number
  readonly cpuBroker: number
  /** The log without copies of whole pages for each message, bytes. */
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

/** The medians of two rounds of all relays, the second in reverse order. @throws if a message is lost. */
export const measureRates = async (context: Context): Promise<RelayFigures[]> => {
  const measured: RelayFigures[] = []
  for (let round = 0; round < (context.quick ? 1 : rounds); round += 1)
    for (const relay of round % 2 === 0 ? relayNames : relayNames.toReversed()) {
      context.log(`round ${round + 1}: delay, throughput and costs of the relay by ${relay}`)
      await using started = await startRelay(context.servers, relay)
      measured.push(await measureRelay({ started, ...context }))
    }
  return relayNames.map((relay) => {
    const those = measured.filter((one) => one.relay === relay)
    const median = (name: LoadName) => mediansOf(those.map((one) => one.loads[name]))
    const { idlePostgres } = mediansOf(those.map((one) => ({ idlePostgres: one.idlePostgres })))
    return { relay, idlePostgres, loads: { '10/s': median('10/s'), '100/s': median('100/s'), peak: median('peak') } }
  })
}

interface Measuring extends Context {
  readonly started: RelayUnderTest
}

const measureRelay = async (measuring: Measuring): Promise<RelayFigures> => {
  const { quick, started } = measuring
  await started.service.run({ kind: 'peak', ms: quick ? 100 : 500 }) // so that its code is compiled
  await untilAllArrived(started)
  await untilDeleted(started)
  await pause(quick ? 0 : 1_000) // the relay by trigger falls asleep
  const idlePostgres = await measureIdle(measuring)
  const all = loads(quick)
  return {
    relay: started.name,
    idlePostgres,
    loads: {
      '10/s': await measureLoad(measuring, all['10/s']),
      '100/s': await measureLoad(measuring, all['100/s']),
      peak: await measureLoad(measuring, all.peak),
    },
  }
}

const measureLoad = async ({ started, servers }: Measuring, load: Load): Promise<Figures> => {
  const { consumer, service } = started
  const { session } = await servers.postgres('logical')
  await session.query('checkpoint')
  const kinds = await kindsAround(started, servers)
  const [begunAt, { lsn }, readMeter] = [nowMs(), await readCounters(session), startCpuMeter(kinds)]
  const transactions = await service.run(load)
  await untilAllArrived(started)
  await untilDeleted(started) // otherwise some relays would do a part of their work after the readings
  const cpu = readMeter()
  const { bytes, content } = await walBetween(session, lsn, (await readCounters(session)).lsn)
  const delays = transactions.flatMap(({ ids, atMs }) =>
    ids.map((id) => (consumer.firstAtMs.get(id) ?? Number.NaN) - atMs),
  )
  const { p50, p99 } = summarize(delays)
  return {
    perSecond: (delays.length / (consumer.lastAtMs() - begunAt)) * 1_000,
    delayP50: p50,
    delayP99: p99,
    cpuService: cpu.of('services') / delays.length,
    cpuPostgres: cpu.of('postgres') / delays.length,
    cpuBroker: cpu.of('broker') / delays.length,
    wal: (bytes - (content?.fullPageImages ?? 0)) / delays.length,
  }
}

const measureIdle = async ({ started, servers, quick }: Measuring): Promise<number> => {
  const readMeter = startCpuMeter(await kindsAround(started, servers))
  await pause(quick ? 100 : idleMs)
  const used = readMeter()
  return used.of('postgres') / (used.ms / 1_000)
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
