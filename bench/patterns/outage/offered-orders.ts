/** Places orders at even intervals, also while a part of the system is away, and records the outcome of each. */
import { setTimeout as pause } from 'node:timers/promises'
import { type HttpClient, openHttpClient } from '../../src/load/http-client.ts'
import { type OrderForm, orderBody } from '../../src/load/order-body.ts'
import type { Shop } from '../../src/load/shop.ts'

/** All times are those of `performance.now()`. */
export interface OfferedOrder {
  readonly intended: number
  /** `accepted`: a 202. `refused`: another answer, or no connection. `unanswered`: the connection broke after the request. */
  answer: 'pending' | 'accepted' | 'refused' | 'unanswered'
  /** Null while it is pending. */
  answeredAt: number | null
  /** When it was seen settled. Null if it was not. */
  settledAt: number | null
}

const pollMs = 10
const settleWithinMs = 60_000
/** To each instance. Orders that wait for a locked row use one each. */
const connections = 256

export interface OrdersToOffer {
  readonly orderUrls: readonly string[]
  readonly form: OrderForm
  readonly perSecond: number
  /** Gets the orders as they are placed. */
  readonly orders: OfferedOrder[]
  /** Ends the placing. */
  readonly signal: AbortSignal
}

/** Resolves after the signal, when all orders have an answer and all accepted ones are settled. @throws if that takes too long. */
export const offerOrders = async (
  shop: Pick<Shop, 'settled'>,
  { orderUrls, form, perSecond, orders, signal }: OrdersToOffer,
): Promise<void> => {
  const clients = orderUrls.map((url) => openHttpClient({ url, connections }))
  const open = new Map<string, OfferedOrder>()
  let answered = 0
  const place = async (order: OfferedOrder, number: number): Promise<void> => {
    const turn = number % clients.length
    const { id, answer } = await placeOne([...clients.slice(turn), ...clients.slice(0, turn)], orderBody(number, form))
    order.answer = answer
    order.answeredAt = performance.now()
    if (id !== null) open.set(id, order)
    answered += 1
  }
  const begun = performance.now()
  const placeUntil = (now: number): void => {
    for (;;) {
      const intended = begun + (orders.length * 1_000) / perSecond
      if (intended > now) return
      const order: OfferedOrder = { intended, answer: 'pending', answeredAt: null, settledAt: null }
      void place(order, orders.push(order))
    }
  }
  let lastMs = begun
  try {
    while (!signal.aborted || answered < orders.length || open.size > 0) {
      const now = performance.now()
      if (!signal.aborted) {
        placeUntil(now)
        lastMs = now
      } else if (now - lastMs > settleWithinMs)
        throw new Error(`${orders.length - answered} orders have no answer, and ${open.size} are not settled.`)
      await pause(pollMs)
      await noteSettled(shop, open)
    }
  } finally {
    for (const client of clients) client.close()
  }
}

const noteSettled = async (shop: Pick<Shop, 'settled'>, open: Map<string, OfferedOrder>): Promise<void> => {
  if (open.size === 0) return
  const ids = await shop.settled([...open.keys()])
  for (const id of ids) {
    const order = open.get(id)
    if (order) order.settledAt = performance.now()
    open.delete(id)
  }
}

/** If an instance refuses connections, the request goes to the next one, as by a load balancer. */
const placeOne = async (
  clients: readonly HttpClient[],
  body: string,
): Promise<{ answer: OfferedOrder['answer']; id: string | null }> => {
  for (const client of clients)
    try {
      const answer = await client.post('/orders', body)
      if (answer.status !== 202) return { answer: 'refused', id: null }
      return { answer: 'accepted', id: (JSON.parse(answer.body) as { id: string }).id }
    } catch (error) {
      const isRefused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'
      if (!isRefused) return { answer: 'unanswered', id: null }
    }
  return { answer: 'refused', id: null }
}
