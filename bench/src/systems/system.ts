/** A system under measurement: the product in one of its forms, or a peer. */
import type { Child } from './child.ts'
import { measuredServices } from './services.ts'

/** The code of the application, or a server that it brings along and that is neither Postgres nor RabbitMQ. */
export type SystemProcessKind = 'services' | 'other'

export interface SystemProcess {
  readonly name: string
  readonly kind: SystemProcessKind
  readonly child: Child
}

export interface System {
  /** Where orders are placed, in turns: `POST /orders`. */
  readonly orderUrls: readonly string[]
  /** Where the stock is set: `PUT /stock/{sku}`. Null if the system starts with stock of all SKUs. */
  readonly stockUrl: string | null
  /** Where payments are read: `GET /payments/{orderId}`. Null if the system does not serve them. */
  readonly paymentUrl: string | null
  /** The database with the table `customer_order (id, settled)`. */
  readonly database: string
  readonly processes: readonly SystemProcess[]
  /** The URLs that serve `/metrics`, one for each service of the product. */
  readonly metricsUrls: readonly string[]
  /** The virtual host of RabbitMQ. Null without RabbitMQ. */
  readonly vhost: string | null
  /** Checks that all accepted orders are fulfilled, and that money and stock add up. Null if so, otherwise one line. */
  check(): Promise<string | null>
  /** The same for orders with any end. */
  audit(): Promise<string | null>
  /** Ends its processes, and deletes its databases and its virtual host. */
  stop(): Promise<void>
}

/** The database of a service, as `npm start` names it. */
export const databaseOf = (service: string): string => `quadrille_${service}`

export const serviceDatabases: readonly string[] = measuredServices.map(databaseOf)

/** The number of requests for stock at once. */
const stockRequests = 50

/** Adds enough stock of each SKU for any number of orders. @throws if that is refused. */
export const addStock = async (system: Pick<System, 'stockUrl'>, skus: readonly string[]): Promise<void> => {
  for (let from = 0; from < skus.length; from += stockRequests) {
    const some = skus.slice(from, from + stockRequests)
    await Promise.all(some.map((sku) => setStock(system, sku, 1_000_000_000)))
  }
}

/** Sets the stock of a SKU, unless the system starts with stock of all SKUs. @throws if that is refused. */
export const setStock = async ({ stockUrl }: Pick<System, 'stockUrl'>, sku: string, onHand: number): Promise<void> => {
  if (stockUrl === null) return
  const url = `${stockUrl}/stock/${sku}`
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ onHand }),
  })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`PUT ${url} was answered with ${response.status}.`)
}
