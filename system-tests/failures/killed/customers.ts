/** Customers that place orders and record the answers. Without an answer they repeat the request. */
import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { AcceptedOrder, Answer } from '@quadrille/audit'

export interface Customers {
  readonly accepted: readonly AcceptedOrder[]
  readonly answers: readonly Answer[]
  /** The keys of orders that were rejected because of an unknown SKU. */
  readonly rejectedKeys: readonly string[]
  /** Resolves when each customer has the answer to its last order. */
  stop(): Promise<void>
}

interface Observed {
  readonly accepted: AcceptedOrder[]
  readonly answers: Answer[]
  readonly rejectedKeys: string[]
}

interface CustomerOptions {
  /** The URL of the order service. */
  readonly url: string
  readonly seen: Observed
  readonly closing: AbortSignal
}

/** Starts `count` customers at this URL. Each places one order after the other, and cancels every fifth. */
export const startCustomers = (count: number, url: string): Customers => {
  const seen: Observed = { accepted: [], answers: [], rejectedKeys: [] }
  const closing = new AbortController()
  const running = Promise.all(Array.from({ length: count }, () => placeOrders({ url, seen, closing: closing.signal })))
  return {
    ...seen,
    stop: async () => {
      closing.abort()
      await running
    },
  }
}

const placeOrders = async ({ url, seen, closing }: CustomerOptions): Promise<void> => {
  while (!closing.aborted) {
    const [key, body] = [randomUUID(), JSON.stringify(anyOrder())]
    const orderId = await untilAnswered(url, key, body)
    if (orderId === null) {
      seen.rejectedKeys.push(key)
      continue
    }
    seen.accepted.push({ orderId })
    seen.answers.push({ key, body, status: 202, orderId })
    if (randomInt(5) === 0) await post(`${url}/orders/${orderId}/cancel`, {})
  }
}

const methods = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_chargeDeclined',
  'pm_sim_timeout_then_charged',
  'pm_sim_flaky',
  'pm_sim_slow',
]
const unknownSku = 'no-such-thing'
const skus = ['mug', 'tea', 'teapot', unknownSku]

const anyOrder = () => ({
  customer: { id: 'c', email: 'c@example.com' },
  currency: 'EUR',
  lines: [{ sku: skus[randomInt(skus.length)], quantity: 1, unitPrice: 1_000 }],
  payment: { method: methods[randomInt(methods.length)] },
})

/** Of a customer whose order has no answer, ms. Without it, twenty customers use up a processor during a restart. */
const pauseMs = 100

/**
 * Repeats the same order under the same key until it is accepted. Null if it is rejected, because its SKU is unknown.
 * @throws if it is rejected for another reason.
 */
const untilAnswered = async (url: string, key: string, body: string): Promise<string | null> => {
  for (;;) {
    const answer = await post(`${url}/orders`, { 'idempotency-key': key, 'content-type': 'application/json' }, body)
    if (answer?.status === 202) return ((await answer.json()) as { id: string }).id
    if (answer?.status === 422) {
      const problem = await answer.text()
      if (body.includes(unknownSku) && problem.includes('is not in the catalog')) return null
      throw new Error(`The order ${body} was rejected: ${problem}`)
    }
    await pause(pauseMs)
  }
}

/** Returns undefined if there is no answer. */
const post = async (url: string, headers: Record<string, string>, body = ''): Promise<Response | undefined> => {
  try {
    const response = await fetch(url, { method: 'POST', headers, body })
    return new Response(await response.text(), response)
  } catch (error) {
    if (error instanceof TypeError) return undefined // fetch's error for a failed connection
    throw error
  }
}
