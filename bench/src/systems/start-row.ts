/** Starts the system of a row on the servers of the benchmark. */
import { createStored } from '../growth/templates.ts'
import type { ProductRow, SystemRow } from '../plan/rows.ts'
import { openCollector } from './collector.ts'
import { startPeer } from './peer.ts'
import type { PostgresServer } from './postgres.ts'
import { startProduct } from './product.ts'
import type { Servers } from './servers.ts'
import type { System } from './system.ts'
import { workingTree } from './version.ts'
import { watch } from './watched.ts'

export interface StartedRow {
  readonly system: System
  readonly postgres: PostgresServer
}

export interface StartingOptions {
  readonly servers: Servers
  /** Called with one line for the user. */
  readonly report: (line: string) => void
}

/** @throws if it does not become ready. */
export const startRow = async (row: SystemRow, options: StartingOptions): Promise<StartedRow> => {
  const { servers } = options
  if (row.kind === 'peer') {
    const postgres = await servers.postgres('default')
    return {
      postgres,
      system: await startPeer(row.peer, postgres, row.peer.needs.amqp ? await servers.broker() : null),
    }
  }
  const postgres = await servers.postgres(row.settings ?? 'default')
  return { postgres, system: row.traced ? await startTraced(row, options) : await start(row, options) }
}

const start = async (row: ProductRow, { servers, report }: StartingOptions): Promise<System> => {
  const { mode, version = workingTree, instances = 1, variables = {}, settings = 'default', stored } = row
  const postgres = await servers.postgres(settings)
  const broker = mode === 'rabbitmq' ? await servers.broker() : null
  const options = { version, postgres, instances, variables }
  const system = await startProduct(
    stored ? { ...options, createDatabases: () => createStored({ postgres, stored, report }) } : options,
    broker,
  )
  return row.watched ? watch(system) : system
}

/** A tenth of the orders, with a collector that discards them. */
const startTraced = async (row: ProductRow, options: StartingOptions): Promise<System> => {
  await using started = new AsyncDisposableStack()
  const collector = await openCollector()
  started.defer(() => collector.close())
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '0.1' }
  const system = await start({ ...row, variables: { ...row.variables, ...tracing } }, options)
  started.defer(() => system.stop())
  const running = started.move()
  return { ...system, stop: () => running.disposeAsync() }
}
