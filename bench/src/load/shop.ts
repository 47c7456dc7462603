/** Places orders over HTTP, and reads settled orders from the order database, because that disturbs the system least. */
import { openSession, pidOf } from '../systems/postgres.ts'
import type { Answer } from './http-answer.ts'
import { openHttpClient } from './http-client.ts'
import { type OrderForm, orderBody } from './order-body.ts'

export interface ShopOptions {
  /** Where orders are placed, in turns. */
  readonly orderUrls: readonly string[]
  /** The database with the table `customer_order (id, settled)`. */
  readonly database: string
  readonly form: OrderForm
  /** The maximum number of connections to each of them. Default 256. */
  readonly connections?: number
}

export interface Shop {
  /** The process of its session in Postgres. */
  readonly backendPid: number
  /** Places one order that will be fulfilled, and returns its id. @throws if the response is not 202. */
  place(): Promise<string>
  /** Places one order, and returns the response with any status. @throws if no response arrives. */
  tryToPlace(method: string): Promise<Answer>
  /** The ids of those orders that are settled. */
  settled(ids: readonly string[]): Promise<string[]>
  /** Counts all orders of the product. */
  count(): Promise<OrderCounts>
  close(): Promise<void>
}

export interface OrderCounts {
  readonly open: number
  readonly fulfilled: number
}

/** As `pg_stat_statements` shows it. */
export const settledStatement = 'select id from customer_order where settled and id = any($1)'

/**
 * The table is empty at first, so that a plan by its statistics would read the whole table, also when it has grown. This one
 * uses the index.
 */
const planByIndex = '-c enable_seqscan=off -c plan_cache_mode=force_generic_plan'

export const openShop = async ({ orderUrls, database, form, connections = 256 }: ShopOptions): Promise<Shop> => {
  const clients = orderUrls.map((url) => openHttpClient({ url, connections }))
  const session = await openSession(database, planByIndex)
  const backendPid = await pidOf(session)
  let placed = 0
  const tryToPlace = async (method: string): Promise<Answer> => {
    placed += 1
    const client = clients[placed % clients.length]
    if (!client) throw new Error('The shop has no URL for orders.')
    return client.post('/orders', orderBody(placed, form, method))
  }
  return {
    backendPid,
    tryToPlace,
    place: async () => idOf(await tryToPlace('pm_card_visa')),
    settled: async (ids) => {
      const query = { name: 'settled', text: settledStatement, values: [ids] }
      return (await session.query<{ id: string }>(query)).rows.map(({ id }) => id)
    },
    count: async () => {
      const { rows } = await session.query<OrderCounts>(
        `select count(*) filter (where not settled)::integer as open,
                count(*) filter (where settled and status = 'fulfilled')::integer as fulfilled from customer_order`,
      )
      return rows[0] ?? { open: 0, fulfilled: 0 }
    },
    close: async () => {
      for (const client of clients) client.close()
      await session.end()
    },
  }
}

const idOf = ({ status, body }: Answer): string => {
  const [, id] = /"id":\s*"([^"]+)"/.exec(body) ?? [] // the first one: that of the order, with any whitespace
  if (status !== 202 || id === undefined) throw new Error(`The response to an order was ${status}: ${body}`)
  return id
}
