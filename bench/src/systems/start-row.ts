/** Starts the system of a row on the servers of the benchmark. */
import { createStored } from '../growth/templates.ts'
import type { ProductRow, SystemRow } from '../plan/rows.ts'
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
      system: await startPeer(row.peer, postgres, row.peer.usesRabbitMq ? await servers.broker() : null),
    }
  }
  return startProductRow(row, options)
}

const startProductRow = async (row: ProductRow, { servers, report }: StartingOptions): Promise<StartedRow> => {
  const { mode, version = workingTree, instances = 1, settings = 'default', stored } = row
  const postgres = await servers.postgres(settings)
  const variables = { ...row.variables, ...(row.traced && (await tracingTo(servers))) }
  const options = { version, postgres, instances, variables }
  const system = await startProduct(
    stored ? { ...options, createDatabases: () => createStored({ postgres, stored, report }) } : options,
    mode === 'rabbitmq' ? await servers.broker() : null,
  )
  return { postgres, system: row.watched ? await watch(system) : system }
}

/** The variables with which a tenth of the orders is traced. */
const tracingTo = async (servers: Servers): Promise<Readonly<Record<string, string>>> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: (await servers.collector()).url,
  OTEL_TRACES_SAMPLER_ARG: '0.1',
})
