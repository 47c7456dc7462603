/** A customer of the system: places orders over HTTP, and sees in the order database when they are settled. */
import { Agent, request } from 'node:http'
import { type Database, openDatabase } from '@quadrille/postgres'
import type { System } from './systems.ts'

export interface Shop {
  /** Places one order that will be fulfilled, and returns its id once it is accepted. */
  place(): Promise<string>
  /** Which of the orders are settled by now. */
  settled(ids: readonly string[]): Promise<string[]>
  close(): Promise<void>
}

const skus = Array.from({ length: 1_000 }, (_, index) => `bench-${index}`)

/** Puts plenty of 1,000 SKUs on the shelves, and opens the shop. */
export const openShop = async ({ orderUrl, inventoryUrl, orderDatabase }: System): Promise<Shop> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const stock = JSON.stringify({ onHand: 1_000_000_000 })
  await Promise.all(
    skus.map((sku) =>
      send(agent, { url: `${inventoryUrl}/stock/${sku}`, method: 'PUT', body: stock, expected: [200, 201] }),
    ),
  )
  const database: Database = openDatabase({
    url: orderDatabase,
    applicationName: 'bench',
    max: 1,
    onIdleError: (error) => console.error(error.message),
  })
  let placed = 0
  return {
    place: async () => {
      placed += 1
      const body = JSON.stringify(order(placed))
      const answer = await send(agent, { url: `${orderUrl}/orders`, method: 'POST', body, expected: [202] })
      return (JSON.parse(answer) as { id: string }).id
    },
    settled: async (ids) => {
      const rows = await database.query<{ id: string }>(
        'select id from customer_order where id = any($1::uuid[]) and settled',
        [ids],
      )
      return rows.map(({ id }) => id)
    },
    close: async () => {
      agent.destroy()
      await database.end()
    },
  }
}

const order = (number: number) => ({
  customer: { id: `customer-${number % 1_000}`, email: 'customer@example.com' },
  currency: 'EUR',
  lines: [
    { sku: skus[number % skus.length], quantity: 1, unitPrice: 1_000 },
    { sku: skus[(number * 7 + 1) % skus.length], quantity: 2, unitPrice: 250 },
  ],
  payment: { method: 'pm_card_visa' },
})

interface Sending {
  readonly url: string
  readonly method: string
  readonly body: string
  readonly expected: readonly number[]
}

const send = (agent: Agent, { url, method, body, expected }: Sending): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sending = request(url, { agent, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => {
        if (expected.includes(response.statusCode ?? 0)) resolve(text)
        else reject(new Error(`${method} ${url} answered ${response.statusCode}: ${text}`))
      })
    })
    sending.on('error', reject).end(body)
  })
