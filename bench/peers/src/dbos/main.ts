/**
 * DBOS Transact, as its documentation writes a program: one workflow of five steps, each of one statement.
 *
 * The steps are plain steps, because DBOS' own transactions cost more: they add to the same statement a transaction, a row of their
 * own, its deletion, and two reads. As each statement may be repeated, both have the same effect after a crash. See
 * https://docs.dbos.dev/typescript/tutorials/workflow-tutorial, https://docs.dbos.dev/typescript/tutorials/step-tutorial and
 * https://docs.dbos.dev/typescript/tutorials/transaction-tutorial.
 */
import { DBOS } from '@dbos-inc/dbos-sdk'
import { databaseUrl } from '../shop/environment.ts'
import type { Order } from '../shop/order.ts'
import { charge, fulfil, notify, place, reserve } from '../shop/steps.ts'
import { openPool, runShop, runStatement } from './shop.ts'

const pool = openPool()

const handleOrder = DBOS.registerWorkflow(
  async (order: Order): Promise<void> => {
    await runStatement(pool, place(order))
    await runStatement(pool, charge(order))
    await runStatement(pool, reserve(order))
    await runStatement(pool, fulfil(order.id))
    await runStatement(pool, notify(order))
  },
  { name: 'handleOrder' },
)

await runShop({ pool, handleOrder, systemDatabase: { systemDatabaseUrl: databaseUrl() } })
