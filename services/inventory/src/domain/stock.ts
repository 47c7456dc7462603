/** What is in stock, in pieces, and what an order does to it. All or nothing: a change covers every line, or it isn't made. */
import type { MissingLine, StockLine } from '@quadrille/events'

export interface Stock {
  readonly sku: string
  readonly onHand: number
  /** Of those on hand, how many are held by reservations. */
  readonly reserved: number
}

/** The stock of some SKUs. One that isn't here is not in the catalog, and nothing of it is available. */
export type StockBySku = ReadonlyMap<string, Stock>

export const availableOf = (stock: Stock | undefined): number => (stock ? stock.onHand - stock.reserved : 0)

/** One line for each SKU, in the order of their first mention: two lines of an order may ask for the same thing. */
export const sumBySku = (lines: readonly StockLine[]): StockLine[] => {
  const quantities = new Map<string, number>()
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }))
}

/** The lines that can't be held. None means that all of them can. */
export const missingOf = (lines: readonly StockLine[], stock: StockBySku): MissingLine[] =>
  lines.flatMap(({ sku, quantity }) => {
    const available = availableOf(stock.get(sku))
    return available < quantity ? [{ sku, requested: quantity, available }] : []
  })

/** Sets the lines aside: reserved rises. */
export const hold = (lines: readonly StockLine[], stock: StockBySku): StockBySku =>
  change(lines, stock, (quantity) => ({ onHand: 0, reserved: quantity }))

/** Undoes a hold: reserved falls. */
export const free = (lines: readonly StockLine[], stock: StockBySku): StockBySku =>
  change(lines, stock, (quantity) => ({ onHand: 0, reserved: -quantity }))

/** Gives away what was held: on hand and reserved both fall. */
export const commit = (lines: readonly StockLine[], stock: StockBySku): StockBySku =>
  change(lines, stock, (quantity) => ({ onHand: -quantity, reserved: -quantity }))

const change = (
  lines: readonly StockLine[],
  stock: StockBySku,
  by: (quantity: number) => { readonly onHand: number; readonly reserved: number },
): StockBySku => {
  const after = new Map(stock)
  for (const { sku, quantity } of lines) {
    const { onHand = 0, reserved = 0 } = after.get(sku) ?? {}
    const delta = by(quantity)
    after.set(sku, checked({ sku, onHand: onHand + delta.onHand, reserved: reserved + delta.reserved }))
  }
  return after
}

/** The database holds this too; found here, a fault costs its neighbours in the batch nothing. */
const checked = (stock: Stock): Stock => {
  if (stock.reserved >= 0 && stock.reserved <= stock.onHand) return stock
  throw new RangeError(`Stock of ${stock.sku} would be ${stock.reserved} reserved of ${stock.onHand} on hand.`)
}
