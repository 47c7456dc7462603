/** The shop that the load goes through: orders over HTTP; whether they are settled is seen in the order database, as that disturbs least. */
import { openDatabase } from '@quadrille/postgres'
import { openShop } from '@quadrille/testing'
import type { System } from './systems.ts'

export interface BenchShop {
  /** Places one order that will be fulfilled, and returns its id once it is accepted. */
  place(): Promise<string>
  /** Which of the orders are settled by now. */
  settled(ids: readonly string[]): Promise<string[]>
  close(): Promise<void>
}

const skus = Array.from({ length: 1_000 }, (_, index) => `bench-${index}`)

/** Puts plenty of 1,000 SKUs on the shelves, and opens. */
export const openBenchShop = async ({ urls, orderDatabase }: System): Promise<BenchShop> => {
  const shop = openShop(urls)
  await shop.stockUp(Object.fromEntries(skus.map((sku) => [sku, 1_000_000_000])))
  const database = openDatabase({
    url: orderDatabase,
    applicationName: 'bench',
    max: 1,
    onIdleError: (error) => console.error(error.message),
  })
  let placed = 0
  return {
    place: async () => {
      placed += 1
      const { status, body } = await shop.place(order(placed))
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
    close: async () => {
      shop.close()
      await database.end()
    },
  }
}

const sku = (number: number): string => `bench-${number % skus.length}`

const order = (number: number) => ({
  customer: { id: `customer-${number % 1_000}`, email: 'customer@example.com' },
  currency: 'EUR',
  lines: [
    { sku: sku(number), quantity: 1, unitPrice: 1_000 },
    { sku: sku(number * 7 + 1), quantity: 2, unitPrice: 250 },
  ],
  payment: { method: 'pm_card_visa' },
})
