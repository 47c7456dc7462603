/** The shop that the load goes through: orders over HTTP; whether they are settled is seen in the order database, as that disturbs least. */
import { openDatabase } from '@quadrille/postgres'
import { openShop, type Reply } from '@quadrille/testing'
import type { System } from './systems.ts'

export interface Counted {
  readonly open: number
  readonly fulfilled: number
}

export interface BenchShop {
  /** Places one order that will be fulfilled, and returns its id once it is accepted. */
  place(): Promise<string>
  /** Places one order, whatever is answered. @throws where nobody answers. */
  tryToPlace(method: string): Promise<Reply>
  /** Which of the orders are settled by now. */
  settled(ids: readonly string[]): Promise<string[]>
  /** Of all orders. */
  count(): Promise<Counted>
  close(): Promise<void>
}

const skus = Array.from({ length: 1_000 }, (_, index) => `bench-${index}`)

/** Puts plenty of 1,000 SKUs on the shelves, and opens. */
export const openBenchShop = async ({ urls, orderDatabase }: System, connections = 64): Promise<BenchShop> => {
  const shop = openShop(urls, { connections })
  await shop.stockUp(Object.fromEntries(skus.map((sku) => [sku, 1_000_000_000])))
  const database = openDatabase({
    url: orderDatabase,
    applicationName: 'bench',
    max: 1,
    onIdleError: (error) => console.error(error.message),
  })
  let placed = 0
  const tryToPlace = (method: string) => {
    placed += 1
    return shop.place(order(placed, method))
  }
  return {
    tryToPlace,
    place: async () => {
      const { status, body } = await tryToPlace('pm_card_visa')
      if (status !== 202) throw new Error(`An order was answered with ${status}: ${JSON.stringify(body)}`)
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
      const [row] = await database.query<Counted>(
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

const sku = (number: number): string => `bench-${number % skus.length}`

const order = (number: number, method: string) => ({
  customer: { id: `customer-${number % 1_000}`, email: 'customer@example.com' },
  currency: 'EUR',
  lines: [
    { sku: sku(number), quantity: 1, unitPrice: 1_000 },
    { sku: sku(number * 7 + 1), quantity: 2, unitPrice: 250 },
  ],
  payment: { method },
})
