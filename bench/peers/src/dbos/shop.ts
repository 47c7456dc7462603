/** The parts that both DBOS peers use. */
import { DBOS, type DBOSConfig } from '@dbos-inc/dbos-sdk'
import { Pool, type QueryConfig } from 'pg'
import { databaseUrl, port, stopAtSigterm } from '../shop/environment.ts'
import { openFront } from '../shop/front.ts'
import type { Order } from '../shop/order.ts'
import { createAllTables } from '../shop/tables.ts'

/** The pool of the steps. */
export const openPool = (): Pool => {
  const pool = new Pool({ connectionString: databaseUrl() })
  pool.on('error', (error) => console.error(error))
  return pool
}

/** Runs a statement as a step of a workflow. The checkpoint does not contain its result. */
export const runStatement = (pool: Pool, query: QueryConfig): Promise<void> =>
  DBOS.runStep(
    async () => {
      await pool.query(query)
    },
    { name: query.name ?? 'statement' },
  )

export interface ShopOptions {
  readonly pool: Pool
  /** A registered workflow. */
  readonly handleOrder: (order: Order) => Promise<void>
  /** How DBOS reaches the tables in which it keeps its workflows. */
  readonly systemDatabase: Pick<DBOSConfig, 'systemDatabasePool' | 'systemDatabaseUrl'>
}

/** Takes orders, and starts the workflow of each, which is stored before the order is accepted. */
export const runShop = async ({ pool, handleOrder, systemDatabase }: ShopOptions): Promise<void> => {
  await createAllTables(pool)
  DBOS.setConfig({ name: 'shop', logLevel: 'warn', ...systemDatabase })
  await DBOS.launch()
  const close = await openFront({
    port: port(),
    accept: async (order) => {
      await DBOS.startWorkflow(handleOrder, { workflowID: order.id })(order)
    },
  })
  stopAtSigterm(async () => {
    await close()
    await DBOS.shutdown()
    await pool.end()
  })
}
