/** The systems that are compared, all on the same Postgres server. */

import type { PostgresServer } from '../../src/systems/postgres.ts'
import { startProduct } from '../../src/systems/product.ts'
import type { Servers } from '../../src/systems/servers.ts'
import type { System } from '../../src/systems/system.ts'
import { workingTree } from '../../src/systems/version.ts'
import { startCoordinators } from './coordinators.ts'

export interface Variant {
  /** In tables. */
  readonly title: string
  /** In charts. */
  readonly short: string
  /** The database and the table with the stock. */
  readonly stock: { readonly database: string; readonly table: string }
  readonly paymentDatabase: string
  /** Starts this many instances of each process. */
  start(options: StartOptions): Promise<System>
}

export interface StartOptions {
  readonly servers: Servers
  readonly instances: 1 | 2
  /** See CoordinatorsOptions. */
  readonly recoverAfterMs: number
}

export const postgresOf = (servers: Servers): Promise<PostgresServer> => servers.postgres('prepared transactions')

export const twoPhaseCommit: Variant = {
  title: 'two-phase commit',
  short: '2PC',
  stock: { database: 'shop_inventory', table: 'inventory.stock' },
  paymentDatabase: 'shop_payment',
  start: async ({ servers, instances, recoverAfterMs }) =>
    startCoordinators({ postgres: await postgresOf(servers), names: ['a', 'b'].slice(0, instances), recoverAfterMs }),
}

const choreography = {
  short: 'saga',
  stock: { database: 'quadrille_inventory', table: 'stock' },
  paymentDatabase: 'quadrille_payment',
}

export const embedded: Variant = {
  ...choreography,
  title: 'choreography in one process',
  start: async ({ servers }) =>
    startProduct({ version: workingTree, postgres: await postgresOf(servers), instances: 1, variables: {} }, null),
}

export const overRabbitMq: Variant = {
  ...choreography,
  title: 'choreography over RabbitMQ',
  start: async ({ servers, instances }) =>
    startProduct(
      { version: workingTree, postgres: await postgresOf(servers), instances, variables: {} },
      await servers.broker(),
    ),
}
