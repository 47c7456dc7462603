/** Reads all counters at both ends of a window. */

import type { PostgresServer } from '../systems/postgres.ts'
import type { System } from '../systems/system.ts'
import { type CpuTimes, type Kinds, readCpu } from './cpu.ts'
import { residentMemory } from './memory.ts'
import { type PostgresCounters, readCounters, type Wal, walBetween } from './postgres-counters.ts'
import { type BrokerCounters, readBrokerCounters, readServiceMetrics, type ServiceMetrics } from './prometheus.ts'

export interface Watched {
  readonly system: System
  readonly postgres: PostgresServer
  /** The page with the metrics of the broker, if the system uses one that has such a page. */
  readonly brokerMetricsUrl: string | null
  readonly kinds: Kinds
}

interface Reading {
  readonly cpu: CpuTimes | null
  readonly postgres: PostgresCounters
  readonly services: ServiceMetrics | null
  readonly broker: BrokerCounters | null
}

/** The readings at both ends, and the log between them. */
export interface WindowReadings {
  readonly begin: Reading
  readonly end: Reading
  readonly wal: Wal
  /** The resident memory of each process of the system at the end, MB. */
  readonly resident: readonly number[]
}

export interface Window {
  /** Reads the counters again. Call it once, at the moment the window ends. */
  end(): Promise<WindowReadings>
}

/** For a load that is not measured. */
export const noWindow = async (): Promise<{ end(): Promise<void> }> => ({ end: async () => undefined })

/** The window begins when this resolves. The slow readings come before it and after its end. */
export const beginWindow = async ({ system, postgres, brokerMetricsUrl, kinds }: Watched): Promise<Window> => {
  const broker = await readBrokerCounters(brokerMetricsUrl)
  const services = await readServiceMetrics(system.metricsUrls)
  const begin = { broker, services, postgres: await readCounters(postgres.session), cpu: readCpu(kinds) }
  return {
    end: async () => {
      const cpu = readCpu(kinds)
      const resident = system.processes.flatMap(({ child }) => residentMemory(child.pid) ?? [])
      const counters = await readCounters(postgres.session)
      const services = await readServiceMetrics(system.metricsUrls)
      const end = { cpu, postgres: counters, services, broker: await readBrokerCounters(brokerMetricsUrl) }
      const wal = await walBetween(postgres.session, begin.postgres.lsn, counters.lsn)
      return { begin, end, wal, resident }
    },
  }
}
