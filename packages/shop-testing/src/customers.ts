/** Customers place orders at the same time. Some place them twice, and some cancel. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { despiteUnavailable } from './despite-unavailable.ts'
import type { MixedOrder } from './order-mix.ts'
import type { Shop, ShownOrder } from './shop.ts'

/** The answer to a request with an idempotency key. */
export interface KeyedAnswer {
  readonly key: string
  readonly body: string
  readonly status: number
  /** The id of the order in a 202. */
  readonly orderId: string | null
}

export interface Placed {
  /** The orders that were accepted, each once. The answer to a cancellation determines the ending of its order. */
  readonly accepted: readonly (MixedOrder & { readonly orderId: string })[]
  readonly answers: readonly KeyedAnswer[]
}

type CustomersShop = Pick<Shop, 'place' | 'cancel'>

/** The maximum time from the acceptance of an order to its cancellation, ms. */
const cancelWithinMs = 100

/**
 * Places all orders at once and cancels some, each at a random moment. Every fifth is posted twice at the same
 * time under its key, and every tenth is posted again with a different body.
 * @throws if an order is not accepted, or a cancellation is neither accepted nor too late.
 */
export const placeAll = async (
  shop: CustomersShop,
  orders: readonly MixedOrder[],
  random: () => number,
): Promise<Placed> => {
  const placed = await Promise.all(orders.map((order, index) => placeOne(shop, { order, index, random })))
  return {
    accepted: placed.map(({ order, orderId }) => ({ ...order, orderId })),
    answers: placed.flatMap(({ answers }) => answers),
  }
}

interface Customer {
  readonly order: MixedOrder
  readonly index: number
  readonly random: () => number
}

const placeOne = async (shop: CustomersShop, { order, index, random }: Customer) => {
  const key = randomUUID()
  const posts = index % 5 === 0 ? 2 : 1
  const answers = await Promise.all(Array.from({ length: posts }, () => post(shop, order.request, key)))
  const orderId = answers[0]?.orderId
  if (!orderId) throw new Error(`An order of the kind ${order.kind} was answered ${answers[0]?.status}.`)
  if (index % 10 === 0) answers.push(await post(shop, { ...order.request, currency: 'USD' }, key))
  if (!order.cancelled) return { order, orderId, answers }
  const announced = await cancelLater(shop, orderId, random() * cancelWithinMs)
  const endings = [...order.endings, 'expired' as const].filter((ending) => ending === announced) // it may have expired first
  return { order: { ...order, endings }, orderId, answers }
}

const post = async (shop: CustomersShop, request: MixedOrder['request'], key: string): Promise<KeyedAnswer> => {
  const { status, body } = await despiteUnavailable(() => shop.place(request, key))
  // as the API document defines it
  return { key, body: JSON.stringify(request), status, orderId: status === 202 ? (body as ShownOrder).id : null }
}

/** Resolves to the ending that the answer announces. */
const cancelLater = async (shop: CustomersShop, orderId: string, afterMs: number): Promise<string | undefined> => {
  await pause(afterMs)
  const { status, body } = await despiteUnavailable(() => shop.cancel(orderId))
  if (status !== 202 && status !== 409) throw new Error(`A cancellation was answered ${status}.`)
  // as the API document defines it
  return status === 409 ? 'fulfilled' : (body as ShownOrder).cancellation?.reason
}
