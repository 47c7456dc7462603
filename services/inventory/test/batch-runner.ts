/** An inventory on its own database: its rows, and batches of messages as the shell would run them. */

import { type Message, shop } from '@quadrille/events'
import type { Database, Transaction } from '@quadrille/postgres'
import { fold } from '@quadrille/service/tools'
import { claimedByTest, noon, openMigratedDatabase, recordStatements } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { createStock, moveStock } from '../src/db/stock-table.ts'
import { inventory } from '../src/service.ts'

export interface Applied {
  readonly statements: readonly string[]
  readonly published: readonly string[]
}

export interface BatchRunner {
  readonly database: Database
  /** Deletes all rows. */
  empty(): Promise<void>
  close(): Promise<void>
  /** Adds SKUs with these quantities on hand. */
  setStock(onHand: Readonly<Record<string, number>>): Promise<void>
  /**
   * Runs one batch in one transaction, and returns its statements and the types of the events. `meanwhile` runs after
   * the rows are loaded and before they are saved.
   */
  batch(messages: readonly Message[], meanwhile?: () => Promise<void>): Promise<Applied>
  /** The SKUs that no transaction has locked, sorted. */
  freeSkus(): Promise<string[]>
  /** Resolves when a transaction waits for the lock of another one. */
  aTransactionWaits(): Promise<true>
  /**
   * SKUs with wrong totals: movements − committed differs from on hand, or the holds of orders differ from reserved.
   */
  imbalance(): Promise<unknown[]>
}

const options = { language: shop, service: 'inventory', reactions: inventory.reactions, now: noon }

export const openBatchRunner = async (serverUrl: string): Promise<BatchRunner> => {
  const { database, empty, close } = await openMigratedDatabase(serverUrl, inventory.migrations)
  return {
    database,
    empty,
    close,
    setStock: (onHand) => setStock(database, onHand),
    batch: (messages, meanwhile) => database.transaction((sql) => runBatch(sql, messages, meanwhile)),
    freeSkus: async () => {
      const free = await database.query<{ sku: string }>('select sku from stock for update skip locked')
      return free.map(({ sku }) => sku).toSorted()
    },
    aTransactionWaits: () => waitUntil(async () => (await database.query(waiting)).length > 0),
    imbalance: () => database.query(imbalance),
  }
}

const setStock = (database: Database, onHand: Readonly<Record<string, number>>): Promise<void> =>
  database.transaction(async (sql) => {
    await createStock(sql, Object.keys(onHand))
    await moveStock(
      sql,
      Object.entries(onHand).map(([sku, quantity]) => ({ sku, kind: 'receipt', quantity })),
    )
  })

const runBatch = async (
  sql: Transaction,
  messages: readonly Message[],
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<Applied> => {
  const statements: string[] = []
  const recorded = recordStatements(sql, statements)
  const claimedSql = await claimedByTest(
    sql,
    messages.map(({ subject }) => subject),
  )
  const set = await inventory.tables.load(recorded, { messages, claimedSql, waits: true })
  const { steps, failures } = fold(set, messages, options)
  for (const error of failures.values()) throw error
  await meanwhile()
  await recorded.commit(set.changes(steps))
  return { statements, published: steps.flatMap(({ events }) => events.map(({ type }) => type)) }
}

const waiting = `select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`

const imbalance = `
  with line as (
    select status, sku, quantity
    from reservation, jsonb_to_recordset(lines) as line (sku text, quantity bigint)
  )
  select * from (
    select sku, on_hand, reserved,
           coalesce((select sum(quantity) from stock_movement where stock_movement.sku = stock.sku), 0)
             - coalesce((select sum(quantity) from line where line.sku = stock.sku and status = 'committed'), 0) as moved,
           coalesce((select sum(quantity) from line where line.sku = stock.sku and status = 'reserved'), 0) as held
    from stock
  ) as book
  where on_hand <> moved or reserved <> held`
