/** A small catalog for demonstrations. */
import type { Database } from '@quadrille/postgres'
import { createStock, moveStock } from './db/stock-table.ts'

/** Pieces of each SKU. The teapot has few, to show an order that is out of stock. */
const demoCatalog = { mug: 100_000, tea: 100_000, honey: 10_000, teapot: 3 } as const

/** Adds the SKUs that are missing. Existing SKUs keep their stock. */
export const seedDemo = (database: Database): Promise<void> =>
  database.transaction(async (sql) => {
    const created = await createStock(sql, Object.keys(demoCatalog))
    const receipts = Object.entries(demoCatalog).filter(([sku]) => created.has(sku))
    await moveStock(
      sql,
      receipts.map(([sku, quantity]) => ({ sku, kind: 'receipt', quantity })),
    )
  })
