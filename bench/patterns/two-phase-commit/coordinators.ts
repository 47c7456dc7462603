/** Starts the shop by two-phase commit (bench/peers/src/two-phase-commit). */
import { fileURLToPath } from 'node:url'
import { freePort } from '@quadrille/embedded-postgres'
import { startChild } from '../../src/systems/child.ts'
import { installPeers } from '../../src/systems/install-peers.ts'
import type { PostgresServer } from '../../src/systems/postgres.ts'
import { untilReady } from '../../src/systems/ready.ts'
import type { System, SystemProcess } from '../../src/systems/system.ts'
import { checkDatabases, databaseNames } from './check.ts'

const folder = fileURLToPath(new URL('../../peers/', import.meta.url))

export interface CoordinatorsOptions {
  readonly postgres: PostgresServer
  /** The processes, each of which is a coordinator and takes orders. */
  readonly names: readonly string[]
  /** How long a coordinator leaves prepared transactions alone before it finishes those of others, ms. */
  readonly recoverAfterMs: number
}

/** Starts them with empty databases. Resolves when they are ready. */
export const startCoordinators = async ({ postgres, names, recoverAfterMs }: CoordinatorsOptions): Promise<System> => {
  installPeers(folder)
  await postgres.create(databaseNames)
  const processes: SystemProcess[] = []
  const orderUrls: string[] = []
  const stop = async () => {
    await Promise.all(processes.map(({ child }) => child.stop()))
    await postgres.dropAll()
  }
  for (const name of names) {
    const port = await freePort()
    const env = {
      ...{ DATABASE_URL: postgres.url, PORT: String(port) },
      ...{ COORDINATOR: name, RECOVER_AFTER_MS: String(recoverAfterMs) },
    }
    const child = startChild({ script: 'src/two-phase-commit/main.ts', cwd: folder, env })
    processes.push({ name, kind: 'services', child })
    orderUrls.push(`http://127.0.0.1:${port}`)
    await untilReady(`http://127.0.0.1:${port}`, [child]) // one after the other, because the first one creates the tables
  }
  return {
    orderUrls,
    processes,
    stop,
    stockUrl: null,
    paymentUrl: null,
    database: postgres.urlOf('shop_order'),
    metricsUrls: [],
    vhost: null,
    check: () => checkDatabases(postgres),
    audit: () => checkDatabases(postgres),
  }
}
