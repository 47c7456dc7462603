/** The order that every peer handles. */
import { v7 as uuidv7 } from 'uuid'

/** An order of one line. A peer takes no others. */
export interface Order {
  readonly id: string
  readonly customerId: string
  readonly email: string
  readonly currency: string
  readonly sku: string
  readonly quantity: number
  /** In minor units of the currency. */
  readonly unitPrice: number
  readonly method: string
}

/** The fields of Quadrille's `POST /orders` that a peer uses. */
interface Body {
  readonly customer: { readonly id: string; readonly email: string }
  readonly currency: string
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly unitPrice: number }[]
  readonly payment: { readonly method: string }
}

/** Reads the body of a request without Quadrille's validation, and gives the order a new id. @throws unless it has one line. */
export const readOrder = (json: string): Order => {
  const { customer, currency, lines, payment }: Body = JSON.parse(json)
  const [line, ...more] = lines
  if (!line || more.length > 0) throw new Error(`The order has ${lines.length} lines, but a peer takes orders of one.`)
  const { sku, quantity, unitPrice } = line
  return {
    id: uuidv7(), // ordered by time, as Quadrille's, so that the indexes of both grow at their end
    customerId: customer.id,
    email: customer.email,
    currency,
    sku,
    quantity,
    unitPrice,
    method: payment.method,
  }
}

export const totalOf = ({ quantity, unitPrice }: Order): number => quantity * unitPrice
