/**
 * Places orders over HTTP, and reads settled orders from the order database, because that disturbs the system least.
 */
import { openDatabase } from '@quadrille/postgres'
import { openShop, type Reply } from '@quadrille/shop-testing'
import type { System } from './systems.ts'

export interface OrderCounts {
  readonly open: number
  readonly fulfilled: number
}

export interface BenchShop {
  /** Places one order that will be fulfilled, and returns its id once it is accepted. */
  place(): Promise<string>
  /** Places one order, and returns the response with any status. @throws if no response arrives. */
  tryToPlace(method: string): Promise<Reply>
  /** The ids of those orders that are settled. */
  settled(ids: readonly string[]): Promise<string[]>
  /** Counts all orders. */
  count(): Promise<OrderCounts>
  close(): Promise<void>
}

export interface BenchShopOptions {
  /** The maximum number of HTTP connections. Default 64. */
  readonly connections?: number
  /** The number of SKUs from which orders take their two lines. Default 1,000. */
  readonly skus?: number
}

/** Adds enough stock of each SKU, and opens the shop. */
export const openBenchShop = async (
  { urls, databases }: System,
  { connections = 64, skus = 1_000 }: BenchShopOptions = {},
): Promise<BenchShop> => {
  const shop = openShop(urls, { connections, traced: false }) // the product decides which orders are traced
  const sku = (number: number) => `bench-${number % skus}`
  await shop.setStock(Object.fromEntries(Array.from({ length: skus }, (_, index) => [sku(index), 1_000_000_000])))
  const database = openDatabase({
    url: databases.order,
    applicationName: 'bench',
    max: 1,
    onIdleError: (error) => console.error(error.message),
  })
  let placed = 0
  const tryToPlace = (method: string) => {
    placed += 1
    return shop.place(order(placed, [sku(placed), sku(placed * 7 + 1)], method))
  }
  return {
    tryToPlace,
    place: async () => {
      const { status, body } = await tryToPlace('pm_card_visa')
      if (status !== 202) throw new Error(`The response to an order was ${status}: ${JSON.stringify(body)}`)
      return (body as { id: string }).id
    },
    settled: async (ids) => {
      const rows = await database.query<{ id: string }>(
        'select id from customer_order where id = any($1::uuid[]) and settled',
        [ids],
      )
      return rows.map(({ id }) => id)
    },
    count: async () => {
      const [row] = await database.query<OrderCounts>(
        `select count(*) filter (where not settled)::integer as open,
                count(*) filter (where settled and status = 'fulfilled')::integer as fulfilled from customer_order`,
      )
      return row ?? { open: 0, fulfilled: 0 }
    },
    close: async () => {
      shop.close()
      await database.end()
    },
  }
}

const order = (number: number, [one, another]: readonly [string, string], method: string) => ({
  customer: { id: `customer-${number % 1_000}`, email: 'customer@example.com' },
  currency: 'EUR',
  lines: [
    { sku: one, quantity: 1, unitPrice: 1_000 },
    { sku: another, quantity: 2, unitPrice: 250 },
  ],
  payment: { method },
})
