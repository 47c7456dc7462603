import { openShop, untilSettled } from '@quadrille/shop-testing'
import type { Target } from './target.ts'

const withinSeconds = 30

/** Places a valid order. Returns its fault, or undefined if it is fulfilled and settled. */
export const faultOfValidOrder = async ({ ports }: Target): Promise<string | undefined> => {
  const url = (port: number) => `http://127.0.0.1:${port}`
  const shop = openShop({ order: url(ports.order), payment: url(ports.payment), inventory: url(ports.inventory) })
  try {
    await shop.setStock({ 'fuzz-good': 1_000_000 })
    const { status, body } = await shop.place({
      customer: { id: 'ada', email: 'ada@example.com' },
      currency: 'EUR',
      lines: [{ sku: 'fuzz-good', quantity: 1, unitPrice: 1_000 }],
      payment: { method: 'pm_card_visa' },
    })
    if (status !== 202) return `has the response ${status}`
    const { id } = body as { id: string }
    await untilSettled(shop, [id], withinSeconds)
    const order = await shop.order(id)
    return order.status === 'fulfilled' ? undefined : `is ${order.status}`
  } catch (error) {
    return String(error)
  } finally {
    shop.close()
  }
}
