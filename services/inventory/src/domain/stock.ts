/** Stock in pieces, and the changes that an order makes. A change applies to all lines or to none. */
import type { MissingLine, StockLine } from '@quadrille/events'

export interface Stock {
  readonly sku: string
  readonly onHand: number
  /** The part of the quantity on hand that reservations hold. */
  readonly reserved: number
}

/** The stock of some SKUs. A SKU that is absent is not in the catalog, and has nothing available. */
export type StockBySku = ReadonlyMap<string, Stock>

export const availableOf = (stock: Stock | undefined): number => (stock ? stock.onHand - stock.reserved : 0)

/** One line for each SKU, in the order of first appearance. An order may have two lines with the same SKU. */
export const sumBySku = (lines: readonly StockLine[]): StockLine[] => {
  const quantities = new Map<string, number>()
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }))
}

/** The lines that can't be held. Empty if all can be held. */
export const missingOf = (lines: readonly StockLine[], stock: StockBySku): MissingLine[] =>
  lines.flatMap(({ sku, quantity }) => {
    const available = availableOf(stock.get(sku))
    return available < quantity ? [{ sku, requested: quantity, available }] : []
  })

/** Holds the lines: increases `reserved`. */
export const hold = (lines: readonly StockLine[], stock: StockBySku): StockBySku =>
  change(lines, stock, (quantity) => ({ onHand: 0, reserved: quantity }))

/** Undoes a hold: decreases `reserved`. */
export const free = (lines: readonly StockLine[], stock: StockBySku): StockBySku =>
  change(lines, stock, (quantity) => ({ onHand: 0, reserved: -quantity }))

/** Removes the held pieces, which are sold: decreases `onHand` and `reserved`. */
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
    after.set(sku, checkStock({ sku, onHand: onHand + delta.onHand, reserved: reserved + delta.reserved }))
  }
  return after
}

/** The database has the same constraint. A violation that is found here fails one message, not the whole batch. */
const checkStock = (stock: Stock): Stock => {
  if (stock.reserved >= 0 && stock.reserved <= stock.onHand) return stock
  throw new RangeError(`Stock of ${stock.sku} would be ${stock.reserved} reserved of ${stock.onHand} on hand.`)
}
