/** A client of the product, as a shop's backend uses it: over HTTP only. */
import { despiteUnavailable } from './despite-unavailable.ts'
import { type ClientOptions, jsonClient, type Reply } from './json-client.ts'

export interface ShopUrls {
  readonly order: string
  readonly payment: string
  readonly inventory: string
  /** Default: shipping does not run. */
  readonly shipping?: string
}

export interface OrderRequest {
  readonly customer: { readonly id: string; readonly email: string }
  readonly currency: string
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly unitPrice: number }[]
  readonly payment: { readonly method: string }
}

export interface Parcel {
  readonly carrier: string
  readonly trackingCode: string
}

/** The fields of a shown order that tests use. */
export interface ShownOrder {
  readonly id: string
  readonly status: 'placed' | 'paid' | 'fulfilled' | 'cancelled'
  readonly settled: boolean
  readonly cancellation: { readonly reason: string } | null
  readonly payment: { readonly status: string }
}

/** A request about a refused refund: retry it, or record one made by hand. */
export type RefundRequest = { readonly manual: false } | { readonly manual: true; readonly reference: string }

export interface Shop {
  /** Sets the stock of each SKU, also if a busy service answers 503 at first. @throws if that is refused. */
  setStock(onHand: Readonly<Record<string, number>>): Promise<void>
  /** Posts an order, under an idempotency key if there is one. */
  place(order: OrderRequest, key?: string): Promise<Reply>
  cancel(orderId: string): Promise<Reply>
  /** Adds received goods, under an idempotency key. */
  receive(goods: { readonly sku: string; readonly quantity: number }, key: string): Promise<Reply>
  /** Dispatches a parcel of a fulfilled order, under an idempotency key. */
  dispatch(orderId: string, parcel: Parcel, key: string): Promise<Reply>
  /** Reads an order, also if a busy service answers 503 at first. @throws if there is no such order. */
  order(orderId: string): Promise<ShownOrder>
  refund(orderId: string, request: RefundRequest): Promise<Reply>
  /** Closes its connections. */
  close(): void
}

export const openShop = ({ order, payment, inventory, shipping }: ShopUrls, options: ClientOptions = {}): Shop => {
  const client = jsonClient(options)
  const placing = jsonClient(options) // so that a cancellation does not wait behind a thousand orders
  const setStock = async ([sku, onHand]: readonly [string, number]) => {
    const set = () => client.send('PUT', `${inventory}/stock/${sku}`, { body: { onHand } })
    expectStatus(await despiteUnavailable(set), [200, 201])
  }
  const read = (orderId: string) => despiteUnavailable(() => client.send('GET', `${order}/orders/${orderId}`))
  return {
    setStock: async (onHand) => {
      await Promise.all(Object.entries(onHand).map(setStock))
    },
    place: (body, key) =>
      placing.send('POST', `${order}/orders`, { body, ...(key && { headers: { 'idempotency-key': key } }) }),
    cancel: (orderId) => client.send('POST', `${order}/orders/${orderId}/cancel`),
    receive: ({ sku, quantity }, key) =>
      client.send('POST', `${inventory}/stock/${sku}/receipts`, {
        body: { quantity },
        headers: { 'idempotency-key': key },
      }),
    dispatch: (orderId, body, key) =>
      client.send('POST', `${shipping}/shipments/${orderId}/dispatch`, { body, headers: { 'idempotency-key': key } }),
    // as the API document defines it
    order: async (orderId) => expectStatus(await read(orderId), [200]) as ShownOrder,
    refund: (orderId, body) => client.send('POST', `${payment}/payments/${orderId}/refund`, { body }),
    close: () => {
      client.close()
      placing.close()
    },
  }
}

const expectStatus = ({ status, body }: Reply, expected: readonly number[]): unknown => {
  if (expected.includes(status)) return body
  throw new Error(`Answered ${status}, not ${expected.join(' or ')}: ${JSON.stringify(body)}`)
}
