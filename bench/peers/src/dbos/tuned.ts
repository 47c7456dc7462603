/**
 * DBOS Transact, tuned: the last three steps are one transaction and one step, because they only write to the same database, and
 * DBOS' own statements are prepared, by a pool that this program opens (`systemDatabasePool`,
 * https://docs.dbos.dev/typescript/reference/configuration). README.md lists what else was tried.
 */
import { DBOS } from '@dbos-inc/dbos-sdk'
import { Pool } from 'pg'
import { databaseUrl } from '../shop/environment.ts'
import type { Order } from '../shop/order.ts'
import { charge, fulfil, notify, place, reserve } from '../shop/steps.ts'
import { inTransaction } from '../shop/transaction.ts'
import { prepareStatements } from './prepare.ts'
import { openPool, runShop, runStatement } from './shop.ts'

const pool = openPool()
const systemDatabasePool = new Pool({ connectionString: databaseUrl() })
systemDatabasePool.on('error', (error) => console.error(error))
prepareStatements(systemDatabasePool)

/** The statements that lock the row of a popular SKU come last. */
const finish = async (order: Order): Promise<void> => {
  await DBOS.runStep(
    () =>
      inTransaction(pool, async (client) => {
        await client.query(notify(order))
        await client.query(reserve(order))
        await client.query(fulfil(order.id))
      }),
    { name: 'finish' },
  )
}

const handleOrder = DBOS.registerWorkflow(
  async (order: Order): Promise<void> => {
    await runStatement(pool, place(order))
    await runStatement(pool, charge(order)) // of its own, because a gateway is elsewhere
    await finish(order)
  },
  { name: 'handleOrder' },
)

await runShop({ pool, handleOrder, systemDatabase: { systemDatabasePool } })
