/** The order of the workflow: any number of lines, as in Quadrille. */
import { v7 as uuidv7 } from 'uuid'

export interface Line {
  readonly sku: string
  readonly quantity: number
  /** In minor units of the currency. */
  readonly unitPrice: number
}

/** The input of a workflow, which DBOS stores. */
export interface Order {
  readonly id: string
  readonly customer: { readonly id: string; readonly email: string }
  readonly currency: string
  readonly total: number
  readonly lines: readonly Line[]
  readonly method: string
  /** After this time no charge begins. ISO 8601. */
  readonly expiresAt: string
}

/** The fields of Quadrille's `POST /orders` that the workflow uses. */
interface Body extends Pick<Order, 'customer' | 'currency' | 'lines'> {
  readonly payment: { readonly method: string }
}

/** Reads the body of a request without Quadrille's validation, and gives the order a new id. */
export const readOrder = (json: string, ttlMs: number): Order => {
  const { customer, currency, lines, payment }: Body = JSON.parse(json)
  return {
    id: uuidv7(),
    customer,
    currency,
    total: lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0),
    lines,
    method: payment.method,
    expiresAt: new Date(Date.now() + ttlMs).toISOString(),
  }
}
