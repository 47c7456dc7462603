/** A client that repeats each request, to a random instance, until it is answered. */
import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { OrderRequest, Reply, Shop } from '@quadrille/shop-testing'
import type { Random } from '@quadrille/testing'

export interface RetryingClient extends Pick<Shop, 'setStock' | 'cancel' | 'refund'> {
  place(order: OrderRequest, key: string): Promise<Reply>
  /** Places another order with a used key. */
  placeOther(order: OrderRequest, key: string): Promise<Reply>
  /** Sends it twice at once. Both must get the same answer. */
  receiveTwice(...receipt: Parameters<Shop['receive']>): Promise<Reply>
  /** Sends it twice at once. Both must get the same answer, except that shipping may not know the order yet: 404. */
  dispatchTwice(...dispatch: Parameters<Shop['dispatch']>): Promise<Reply>
}

/**
 * The number of answers by request and answer: `POST /orders 202`, `POST /orders 503 without Retry-After`, `POST /orders 503 again`
 * for a request that was rejected before. A request without an answer is counted by the reason: `POST /orders no answer (ECONNRESET)`.
 */
export type AnswerCounts = Map<string, number>

export interface RetryOptions {
  readonly random: Random
  readonly answerCounts: AnswerCounts
  /** Ends all requests: a pending one rejects. */
  readonly signal: AbortSignal
}

type Answered = Pick<Reply, 'status'> & Partial<Pick<Reply, 'headers'>>

/** The delay between two attempts, ms. */
const retryAfterMs = 200

/** @param shops one client for each instance number. */
export const retryingClient = (
  shops: readonly Shop[],
  { random, answerCounts, signal }: RetryOptions,
): RetryingClient => {
  const count = (request: string, answer: string | number) => {
    const name = `${request} ${answer}`
    answerCounts.set(name, (answerCounts.get(name) ?? 0) + 1)
  }
  const retry = async <Answer extends Answered>(
    request: string,
    send: (shop: Shop) => Promise<Answer>,
    nameOf: (answer: Answer) => string | number = ({ status }) => status,
  ): Promise<Answer> => {
    for (let again = ''; ; ) {
      const answer = await send(random.pick(shops)).catch(withoutAnswer)
      if (typeof answer === 'string') count(request, answer)
      else {
        if (!isRejection(answer)) {
          count(request, nameOf(answer))
          return answer
        }
        count(request, `${answer.status}${again}${whatIsMissing(answer)}`)
        again = ' again'
      }
      await pause(retryAfterMs, undefined, { signal })
    }
  }
  const twice = async (request: string, send: (shop: Shop) => Promise<Reply>): Promise<Reply> => {
    const [one, other] = await Promise.all([retry(request, send), retry(request, send)])
    if (other.status === 404) return other
    if (one.status !== 404 && !isSame(one, other)) count(request, `${one.status} and ${other.status}, which differ`)
    return one
  }
  return {
    setStock: async (onHand) => {
      const send = async (shop: Shop) => {
        await shop.setStock(onHand)
        return { status: 200 }
      }
      await retry('PUT /stock', send)
    },
    place: (order, key) =>
      retry(
        'POST /orders',
        (shop) => shop.place(order, key),
        ({ status, body }) => (status === 202 && !isOrdered(order, body) ? '202 for another order' : status),
      ),
    placeOther: (order, key) => retry('POST /orders with another body', (shop) => shop.place(order, key)),
    cancel: (orderId) => retry('POST /orders/{id}/cancel', (shop) => shop.cancel(orderId)),
    receiveTwice: (...receipt) => twice('POST /stock/{sku}/receipts', (shop) => shop.receive(...receipt)),
    dispatchTwice: (...dispatch) => twice('POST /shipments/{orderId}/dispatch', (shop) => shop.dispatch(...dispatch)),
    refund: (orderId, how) => retry('POST /payments/{orderId}/refund', (shop) => shop.refund(orderId, how)),
  }
}

const isRejection = ({ status }: Answered): boolean => status === 429 || status === 503

const whatIsMissing = (answer: Answered): string =>
  answer.headers?.['retry-after'] === undefined ? ' without Retry-After' : ''

/** The problems of two rejections name different requests. */
const isSame = (one: Reply, other: Reply): boolean =>
  one.status === other.status && (one.status >= 400 || isDeepStrictEqual(one.body, other.body))

/** The connection failed, or there was no answer in time (ETIMEDOUT). @throws another error: an answer is not JSON, a request of the start is refused, or the client itself has failed. */
const withoutAnswer = (error: Error & { readonly code?: unknown }): string => {
  if (typeof error.code !== 'string') throw error
  return `no answer (${error.code})`
}

/** True for a name in the counts of answers: of a request that was repeated, because it got none. */
export const isUnanswered = (name: string): boolean => / no answer \(\w+\)$/.test(name)

export const sumOfCounts = (all: readonly AnswerCounts[]): AnswerCounts => {
  const sum: AnswerCounts = new Map()
  for (const [answer, count] of all.flatMap((counts) => [...counts])) sum.set(answer, (sum.get(answer) ?? 0) + count)
  return sum
}

const isOrdered = ({ customer, currency, lines }: OrderRequest, body: unknown): boolean => {
  const shown = body as OrderRequest
  return isDeepStrictEqual(
    { customer, currency, lines },
    { customer: shown.customer, currency: shown.currency, lines: shown.lines },
  )
}
