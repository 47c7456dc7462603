/** Load that does not wait for the system: a rate of orders, or all at once. Counts the answers. */
import { setTimeout as pause } from 'node:timers/promises'
import type { BenchShop } from './bench-shop.ts'

export interface Offer {
  readonly orders: number
  /** Infinity sends them as fast as HTTP accepts them. */
  readonly perSecond: number
  readonly method: string
}

export interface Answers {
  accepted: number
  /** 429 and 503 with a Retry-After header. */
  refused: number
  /** Other answers, with their number. */
  readonly other: Map<string, number>
}

const pollEveryMs = 5

/** Resolves when all are answered. */
export const offer = async (shop: BenchShop, { orders, perSecond, method }: Offer): Promise<Answers> => {
  const answers: Answers = { accepted: 0, refused: 0, other: new Map() }
  const place = async () => {
    const what = await answer(shop, method)
    if (what === 'accepted' || what === 'refused') answers[what] += 1
    else answers.other.set(what, (answers.other.get(what) ?? 0) + 1)
  }
  const placing: Promise<void>[] = []
  for (const begun = performance.now(); placing.length < orders; await pause(pollEveryMs)) {
    const due = Math.min(orders, ((performance.now() - begun) / 1_000) * perSecond)
    while (placing.length < due) placing.push(place())
  }
  await Promise.all(placing)
  return answers
}

const answer = async (shop: BenchShop, method: string): Promise<string> => {
  try {
    const { status, headers } = await shop.tryToPlace(method)
    if (status === 202) return 'accepted'
    if (status !== 429 && status !== 503) return String(status)
    return headers['retry-after'] ? 'refused' : `${status} without Retry-After`
  } catch (error) {
    if (error instanceof Error) return error.message
    throw error
  }
}
