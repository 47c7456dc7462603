/** A client for the routes that both systems have: orders, their payments, and the stock. */
import type { System } from '../../src/systems/system.ts'

export interface Line {
  readonly sku: string
  readonly quantity: number
}

export interface OrderView {
  readonly status: 'placed' | 'paid' | 'fulfilled' | 'cancelled'
  readonly settled: boolean
  readonly cancellation: { readonly reason: string } | null
}

export interface Payment {
  readonly status: string
  readonly captured: number
  readonly refunded: number
}

export interface Shop {
  /** @throws if it is refused. */
  setStock(sku: string, onHand: number): Promise<void>
  /** The id of the order, or the status of the response if it was not accepted. */
  place(lines: readonly Line[], method: string): Promise<string | number>
  order(id: string): Promise<OrderView>
  /** The status of the response. */
  cancel(id: string): Promise<number>
  /** Null before the payment knows the order. */
  payment(id: string): Promise<Payment | null>
  /** Tells the payment that an operator has refunded it. */
  refundByHand(id: string): Promise<void>
  stock(sku: string): Promise<{ readonly onHand: number; readonly reserved: number }>
  /** Any other resource of the orders. */
  read<Body>(path: string): Promise<Body>
}

export const unitPrice = 1_000

export const shopOf = ({ orderUrls: [orderUrl = ''], paymentUrl, stockUrl }: System): Shop => {
  const find = async <Body>(url: string): Promise<Body | null> => {
    const { status, body } = await send('GET', url)
    return status === 200 ? (body as Body) : null
  }
  const read = async <Body>(url: string): Promise<Body> => {
    const body = await find<Body>(url)
    if (body === null) throw new Error(`There is no ${url}.`)
    return body
  }
  return {
    setStock: (sku, onHand) => change('PUT', `${stockUrl}/stock/${sku}`, { onHand }),
    place: async (lines, method) => {
      const { status, body } = await send('POST', `${orderUrl}/orders`, {
        customer: { id: 'customer-1', email: 'customer@example.com' },
        currency: 'EUR',
        lines: lines.map((line) => ({ ...line, unitPrice })),
        payment: { method },
      })
      return status === 202 ? (body as { id: string }).id : status
    },
    order: (id) => read(`${orderUrl}/orders/${id}`),
    cancel: async (id) => (await send('POST', `${orderUrl}/orders/${id}/cancel`)).status,
    payment: (id) => find(`${paymentUrl}/payments/${id}`),
    refundByHand: (id) =>
      change('POST', `${paymentUrl}/payments/${id}/refund`, { manual: true, reference: 'transfer 1' }),
    stock: (sku) => read(`${stockUrl}/stock/${sku}`),
    read: (path) => read(`${orderUrl}${path}`),
  }
}

/** @throws if it is refused. */
const change = async (method: string, url: string, json: object): Promise<void> => {
  const { status, body } = await send(method, url, json)
  if (status >= 300) throw new Error(`${method} ${url} was answered with ${status}: ${JSON.stringify(body)}`)
}

const send = async (method: string, url: string, json?: object): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(url, {
    method,
    ...(json && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}
