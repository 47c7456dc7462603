/** A client of the shop, over HTTP as any other. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { backoffMs } from '@quadrille/async'
import { Problem } from '@quadrille/service'

export interface OrderToPlace {
  readonly customer: string
  readonly sku: string
  readonly quantity: number
  readonly method: string
}

/** Thrown with the status and the reason if a service refuses a request. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number

  constructor(status: number, detail: string) {
    super(`The shop answered ${status}: ${detail}`)
    this.status = status
  }
}

/** How long a service may take to answer, ms. */
const answerWithinMs = 5_000

/** The maximum number of attempts of a request that may be repeated. */
const tries = 3

/** The pauses between them: up to 1 s, with full jitter. */
const pauses = { firstMs: 200, maxMs: 1_000, random: Math.random }

/**
 * Places an order, and returns its id. With its idempotency key the request can be repeated.
 * @throws {Refused} @throws {Problem} if the order service does not answer.
 */
export const placeOrder = async (
  orderUrl: string,
  { customer, sku, quantity, method }: OrderToPlace,
): Promise<string> => {
  const order = {
    customer: { id: customer, email: `${customer}@example.com` },
    currency: 'EUR',
    lines: [{ sku, quantity, unitPrice: 1_250 }],
    payment: { method },
  }
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify(order),
  }
  const place = () => send<{ readonly id: string }>(`${orderUrl}/orders`, request)
  return (await repeatedly(place, (error) => error instanceof Problem)).id
}

/**
 * Cancels an order as its customer, so without the name of an operator. The request is repeated also while another one works on
 * the order.
 * @throws {Refused} @throws {Problem} if the order service does not answer.
 */
export const cancelOrder = async (orderUrl: string, orderId: string): Promise<void> => {
  const cancel = () => send(`${orderUrl}/orders/${orderId}/cancel`, { method: 'POST' })
  const isBusy = (error: unknown) => error instanceof Refused && error.status === 503
  await repeatedly(cancel, (error) => error instanceof Problem || isBusy(error))
}

/** The id of the newest parked dead letter of an order, or undefined. `url`: of the admin endpoints of a service. */
export const findDeadLetter = async (url: string, orderId: string): Promise<string | undefined> => {
  const page = await send<{ readonly items: readonly { readonly id: string }[] }>(
    `${url}/dead-letters?status=parked&limit=1&orderId=${orderId}`,
  )
  return page.items[0]?.id
}

const repeatedly = async <Result>(
  request: () => Promise<Result>,
  mayRepeat: (error: unknown) => boolean,
): Promise<Result> => {
  for (let tried = 1; ; tried += 1) {
    try {
      return await request()
    } catch (error) {
      if (!mayRepeat(error) || tried === tries) throw error
    }
    await pause(backoffMs(tried, pauses))
  }
}

const send = async <Body>(url: string, init: RequestInit = {}): Promise<Body> => {
  const { response, body } = await answerTo(url, init).catch((error: unknown) => {
    throw new Problem('unavailable', `The shop does not answer: ${error instanceof Error ? error.message : error}.`)
  })
  if (!response.ok) throw new Refused(response.status, detailOf(body))
  return body as Body // as the API document defines it
}

const answerTo = async (url: string, init: RequestInit) => {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(answerWithinMs) })
  const body: unknown = await response.json()
  return { response, body }
}

const detailOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : JSON.stringify(body)
