/** A small catalog to try things with. */
import type { Database } from '@quadrille/postgres'
import { createStock, moveStock } from './db/stock-table.ts'

/** Pieces of each SKU. There is plenty of most of them; the teapot is for those who want to see one run out. */
const demoCatalog = { mug: 100_000, tea: 100_000, honey: 10_000, teapot: 3 } as const

/** Puts in the SKUs that aren't there yet, and leaves the others as they are, whatever was sold of them since. */
export const seedDemo = (database: Database): Promise<void> =>
  database.transaction(async (sql) => {
    const created = await createStock(sql, Object.keys(demoCatalog))
    const receipts = Object.entries(demoCatalog).filter(([sku]) => created.has(sku))
    await moveStock(
      sql,
      receipts.map(([sku, quantity]) => ({ sku, kind: 'receipt', quantity })),
    )
  })
