/** The tables `stock` and `stock_movement`: one statement per function. */
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import type { Load } from '@quadrille/service'
import type { Stock } from '../domain/stock.ts'

/** Locks the stock of the SKUs, in the order of the SKUs, until the transaction ends. Unknown SKUs are left out. */
export const lockStock = (sql: Sql, skus: readonly string[]): Promise<Stock[]> =>
  sql.query<Stock>(
    `select sku, on_hand as "onHand", reserved from stock where sku = any($1::text[]) order by sku for update`,
    [skus],
  )

const given = parameterTable({ order_id: 'uuid', sku: 'text' })

/** The SKUs of these lines ($1, $2) and of reservations, both of claimed orders only. */
const claimedSkus = (claimedSql: string) => `array(
  select sku from ${given.sql} as given where order_id = any(${claimedSql})
  union
  select line->>'sku' from reservation cross join jsonb_array_elements(lines) as line
  where order_id = any(${claimedSql})
)`

export interface OrderSku {
  readonly orderId: string
  readonly sku: string
}

/** Stock that is locked until the transaction ends. */
export interface LockedStock {
  readonly stock: readonly Stock[]
  /** The SKUs that another session has locked. */
  readonly lockedElsewhere: ReadonlySet<string>
}

/**
 * Locks the stock of the claimed orders, in the order of the SKUs: the SKUs of these lines and of the orders' reservations.
 * Unknown SKUs are left out. Without `waits`, so are SKUs that another session has locked.
 */
export const lockClaimedStock = async (
  sql: Sql,
  lines: readonly OrderSku[],
  { claimedSql, waits }: Pick<Load, 'claimedSql' | 'waits'>,
): Promise<LockedStock> => {
  const values = given.values(lines.map(({ orderId, sku }) => ({ order_id: orderId, sku })))
  const lock = sql.query<Stock>(
    `select sku, on_hand as "onHand", reserved from stock where sku = any(${claimedSkus(claimedSql)})
     order by sku for update ${waits ? '' : 'skip locked'}`,
    values,
  )
  if (waits) return { stock: await lock, lockedElsewhere: new Set() }
  const findAll = sql.query<{ sku: string }>(
    `select sku from stock where sku = any(${claimedSkus(claimedSql)})`,
    values,
  )
  const [stock, all] = await Promise.all([lock, findAll])
  const locked = new Set(stock.map(({ sku }) => sku))
  return { stock, lockedElsewhere: new Set(all.map(({ sku }) => sku).filter((sku) => !locked.has(sku))) }
}

const changed = parameterTable({ sku: 'text', on_hand: 'bigint', reserved: 'bigint' })

/** Writes stock that this transaction has locked. */
export const updateStock = (stock: readonly Stock[]): Statement => ({
  text: `update stock set on_hand = changed.on_hand, reserved = changed.reserved
    from ${changed.sql} as changed where stock.sku = changed.sku`,
  values: changed.values(stock.map(({ sku, onHand, reserved }) => ({ sku, on_hand: onHand, reserved }))),
})

/** Adds SKUs to the catalog with 0 on hand. Returns the new ones. */
export const createStock = async (sql: Sql, skus: readonly string[]): Promise<Set<string>> => {
  const rows = await sql.query<{ sku: string }>(
    `insert into stock (sku, on_hand, reserved)
     select sku, 0, 0 from unnest($1::text[]) as fresh (sku) order by sku
     on conflict do nothing
     returning sku`,
    [skus],
  )
  return new Set(rows.map(({ sku }) => sku))
}

export interface Movement {
  readonly sku: string
  /** `receipt`: goods were received. `adjustment`: a count differed from the records. */
  readonly kind: 'receipt' | 'adjustment'
  /** Pieces. Negative if an adjustment reduces the stock. */
  readonly quantity: number
}

const moved = parameterTable({ sku: 'text', kind: 'text', quantity: 'bigint' })

/** Changes the quantity on hand and records the reason. Returns the stock afterwards. Unknown SKUs are left out. */
export const moveStock = (sql: Sql, movements: readonly Movement[]): Promise<Stock[]> =>
  sql.query<Stock>(
    `with movement as (
       insert into stock_movement (${moved.columns})
       select ${moved.columns} from ${moved.sql} as moved
       returning sku, quantity
     )
     update stock set on_hand = on_hand + movement.quantity from movement where stock.sku = movement.sku
     returning stock.sku, stock.on_hand as "onHand", stock.reserved`,
    moved.values(movements),
  )

/** Changes the quantity on hand of one SKU, and records the reason. Returns the stock afterwards. @throws if the SKU is unknown. */
export const moveOneStock = async (sql: Sql, movement: Movement): Promise<Stock> => {
  const [stock] = await moveStock(sql, [movement])
  if (!stock) throw new Error(`${movement.sku} has no row in the stock.`)
  return stock
}

/** Finds the stock of these SKUs without a lock. Unknown SKUs are left out. */
export const findStocks = (sql: Sql, skus: readonly string[]): Promise<Stock[]> =>
  sql.query<Stock>(`select sku, on_hand as "onHand", reserved from stock where sku = any($1::text[])`, [skus])

/** Finds the stock of one SKU without a lock. */
export const findStock = async (sql: Sql, sku: string): Promise<Stock | undefined> => (await findStocks(sql, [sku]))[0]

/** Lists the stock of SKUs after `after`, sorted by SKU. */
export const findStockPage = (sql: Sql, after: string, limit: number): Promise<Stock[]> =>
  sql.query<Stock>(`select sku, on_hand as "onHand", reserved from stock where sku > $1 order by sku limit $2`, [
    after,
    limit,
  ])
