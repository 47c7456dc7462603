/** The product with a client in this process, after a warm-up. */
import { skusOf } from '../load/order-body.ts'
import { openShop, type Shop } from '../load/shop.ts'
import type { PostgresServer } from '../systems/postgres.ts'
import type { Mode } from '../systems/product.ts'
import { openServers } from '../systems/servers.ts'
import { startRow } from '../systems/start-row.ts'
import { addStock, type System } from '../systems/system.ts'
import { measureInFlight } from './rates.ts'

export interface ProductUnderLoad extends AsyncDisposable {
  readonly shop: Shop
  readonly system: System
  readonly postgres: PostgresServer
}

export interface ProductUnderLoadOptions {
  readonly mode: Mode
  readonly variables?: Readonly<Record<string, string>>
  /** The maximum number of HTTP connections. */
  readonly connections?: number
}

/** Orders of two lines, whose SKUs are out of 1,000. */
const form = { skus: 1_000, lines: 2 }
const warmUpMs = 3_000

/** Starts the product with the Postgres settings of `npm start`. */
export const openProduct = async ({
  mode,
  variables = {},
  connections = 256,
}: ProductUnderLoadOptions): Promise<ProductUnderLoad> => {
  await using started = new AsyncDisposableStack()
  const servers = started.use(openServers())
  const row = { kind: 'product', id: mode, title: mode, mode, variables, settings: 'npm start' } as const
  const { system, postgres } = await startRow(row, { servers, report: () => undefined })
  started.defer(() => system.stop())
  await addStock(system, skusOf(form))
  const shop = await openShop({ orderUrls: system.orderUrls, database: system.database, form, connections })
  started.defer(() => shop.close())
  await measureInFlight(shop, warmUpMs)
  const rest = started.move()
  return { shop, system, postgres, [Symbol.asyncDispose]: () => rest.disposeAsync() }
}
