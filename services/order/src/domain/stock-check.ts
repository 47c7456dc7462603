/** Compares the lines of an order with the stock levels that inventory has answered. Nothing is reserved by that. */
import type { MissingLine, StockLine } from '@quadrille/events'

/** The available pieces of each SKU that is in the catalog. Other SKUs that were asked about are unknown. */
export type AvailableBySku = ReadonlyMap<string, number>

/** The indexes of the lines whose SKU was asked about, and is not in the catalog. */
export const unknownLines = (
  lines: readonly StockLine[],
  asked: ReadonlySet<string>,
  levels: AvailableBySku,
): number[] => lines.flatMap(({ sku }, index) => (asked.has(sku) && !levels.has(sku) ? [index] : []))

/** The SKUs of which too few pieces are available. The lines of one SKU are summed. */
export const missingOf = (lines: readonly StockLine[], levels: AvailableBySku): MissingLine[] => {
  const requested = new Map<string, number>()
  for (const { sku, quantity } of lines) requested.set(sku, (requested.get(sku) ?? 0) + quantity)
  return [...requested].flatMap(([sku, quantity]) => {
    const available = levels.get(sku) ?? 0
    return available < quantity ? [{ sku, requested: quantity, available }] : []
  })
}
