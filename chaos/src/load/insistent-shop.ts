/** The shop for customers who don't give up: whatever they ask is asked again, of any instance, until it is answered. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Random, Shop } from '@quadrille/testing'

export type InsistentShop = Pick<Shop, 'stockUp' | 'place' | 'cancel' | 'refund'>

/** How often each request was answered with what: `POST /orders 202`. */
export type AnswerCounts = Map<string, number>

export interface Insisting {
  readonly random: Random
  readonly answerCounts: AnswerCounts
  /** Ends all asking: what waits for an answer rejects. */
  readonly signal: AbortSignal
}

/** From one attempt to the next, ms. */
const againAfterMs = 200

/** One shop for each number of instance; a shop of one alone would be closed whenever that one is down. */
export const insistentShop = (shops: readonly Shop[], { random, answerCounts, signal }: Insisting): InsistentShop => {
  const count = (answer: string) => answerCounts.set(answer, (answerCounts.get(answer) ?? 0) + 1)
  const insist = async <Answer extends { readonly status: number }>(
    request: string,
    ask: (shop: Shop) => Promise<Answer>,
  ): Promise<Answer> => {
    for (;;) {
      const answer = await ask(random.pick(shops)).catch(noAnswer)
      if (answer) count(`${request} ${answer.status}`)
      if (answer && answer.status !== 429 && answer.status !== 503) return answer
      await pause(againAfterMs, undefined, { signal })
    }
  }
  return {
    stockUp: async (onHand) => {
      const ask = async (shop: Shop) => {
        await shop.stockUp(onHand)
        return { status: 200 }
      }
      await insist('PUT /stock', ask)
    },
    place: (order, key) => insist('POST /orders', (shop) => shop.place(order, key)),
    cancel: (orderId) => insist('POST /orders/{id}/cancel', (shop) => shop.cancel(orderId)),
    refund: (orderId, how) => insist('POST /payments/{orderId}/refund', (shop) => shop.refund(orderId, how)),
  }
}

/** A connection that failed, or nobody answered in time. */
const noAnswer = () => null
