/** The orders of a load. */

export interface OrderForm {
  /** The number of SKUs from which orders take their lines. With 1 all orders lock the same row of stock. */
  readonly skus: number
  /** The number of lines of an order, each with another SKU. */
  readonly lines: number
}

const skuOf = (number: number): string => `bench-${number}`

/** All SKUs of the form. */
export const skusOf = ({ skus, lines }: OrderForm): string[] =>
  Array.from({ length: Math.max(skus, lines) }, (_, index) => skuOf(index))

/** The JSON of an order that will be fulfilled, unless another payment method is given. In ASCII. */
export const orderBody = (number: number, { skus, lines }: OrderForm, method = 'pm_card_visa'): string =>
  JSON.stringify({
    customer: { id: `customer-${number % 1_000}`, email: 'customer@example.com' },
    currency: 'EUR',
    lines: Array.from({ length: lines }, (_, line) => ({
      sku: skuOf((number * lines + line) % Math.max(skus, lines)),
      quantity: 1,
      unitPrice: 1_000,
    })),
    payment: { method },
  })
