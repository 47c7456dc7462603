/** Places orders at a fixed rate or all at once, without waiting for responses, and counts the responses. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Shop } from '../load/shop.ts'

export interface Offer {
  readonly orders: number
  /** Infinity sends them as fast as HTTP accepts them. */
  readonly perSecond: number
  readonly method: string
}

export interface Responses {
  accepted: number
  /** 429 and 503 with a Retry-After header. */
  rejected: number
  /** The number of other responses, by status or error. */
  readonly other: Map<string, number>
}

const pollEveryMs = 5

/** Resolves when all orders have a response. */
export const offer = async (shop: Shop, { orders, perSecond, method }: Offer): Promise<Responses> => {
  const responses: Responses = { accepted: 0, rejected: 0, other: new Map() }
  const place = async () => {
    const kind = await placeOne(shop, method)
    if (kind === 'accepted' || kind === 'rejected') responses[kind] += 1
    else responses.other.set(kind, (responses.other.get(kind) ?? 0) + 1)
  }
  const placing: Promise<void>[] = []
  for (const begun = performance.now(); placing.length < orders; await pause(pollEveryMs)) {
    const due = Math.min(orders, ((performance.now() - begun) / 1_000) * perSecond)
    while (placing.length < due) placing.push(place())
  }
  await Promise.all(placing)
  return responses
}

const placeOne = async (shop: Shop, method: string): Promise<string> => {
  try {
    const { status, hasRetryAfter } = await shop.tryToPlace(method)
    if (status === 202) return 'accepted'
    if (status !== 429 && status !== 503) return String(status)
    return hasRetryAfter ? 'rejected' : `${status} without Retry-After`
  } catch (error) {
    if (error instanceof Error) return error.message
    throw error
  }
}
