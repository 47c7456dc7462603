/** Where customers are served: the shop, the book of their orders, and somebody who looks after both. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceName } from '@quadrille/events'
import { openShop, type Shop, stockForMix } from '@quadrille/shop-testing'
import type { Random } from '@quadrille/testing'
import type { Instance } from '../world/instance.ts'
import type { World } from '../world/world.ts'
import { type DeliveryCounts, deliveriesTo } from './deliveries.ts'
import { type AnswerCounts, type InsistentShop, insistentShop } from './insistent-shop.ts'
import { type OrderBook, orderBook } from './order-book.ts'
import { countRetries } from './retries.ts'

export interface Office extends OfficeOptions {
  readonly shop: InsistentShop
  readonly book: OrderBook
  readonly answerCounts: AnswerCounts
  deliveries(): DeliveryCounts
  /** Those that the services have counted so far. */
  retries(): number
  /** Who isn't answered by then isn't any more. */
  closeWithin(ms: number): void
  /** @throws where one of its jobs has failed, which closed it at once. */
  close(): Promise<void>
}

export interface OfficeOptions {
  readonly random: Random
  /** Time since the start of the run, ms. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/** How long an instance may take to answer: past it, another one is asked, ms. */
const patienceMs = 5_000

const lookEveryMs = 100
const refundEveryMs = 500
const countEveryMs = 2_000
const deliverEveryMs = 1_000

/** How many refunds are dealt with at a time. */
const refundsAtOnce = 50

/** Resolves when there is something to sell. */
export const openOffice = async (
  { instances, databases }: World,
  { random, now, signal: outer }: OfficeOptions,
): Promise<Office> => {
  const closing = new AbortController()
  const signal = AbortSignal.any([outer, closing.signal])
  const answerCounts: AnswerCounts = new Map()
  const shops = openShops(instances)
  const shop = insistentShop(shops, { random, answerCounts, signal })
  await shop.stockUp(stockForMix)
  const book = orderBook(databases.order, now)
  const retries = countRetries(instances)
  const deliveries = deliveriesTo(shop)
  let refused: readonly string[] = []
  const jobs = [
    repeat(lookEveryMs, signal, async () => {
      refused = await book.look()
    }),
    repeat(refundEveryMs, signal, async () => {
      await Promise.all(refused.slice(0, refundsAtOnce).map((orderId) => refund(shop, orderId, random)))
    }),
    repeat(countEveryMs, signal, () => retries.look()),
    repeat(deliverEveryMs, signal, () => deliveries.next()),
  ]
  const working = Promise.all(jobs)
  working.catch(() => closing.abort()) // what went wrong is told by close()
  return {
    ...{ random, now, signal, shop, book, answerCounts },
    deliveries: deliveries.counts,
    retries: retries.total,
    closeWithin: (ms) => {
      const timer = setTimeout(() => closing.abort(), ms)
      closing.signal.addEventListener('abort', () => clearTimeout(timer))
    },
    close: async () => {
      closing.abort()
      try {
        await working
      } finally {
        for (const each of shops) each.close()
        await book.close()
      }
    },
  }
}

/** Until the signal is aborted, which may make it fail. */
const repeat = async (everyMs: number, signal: AbortSignal, run: () => Promise<void>): Promise<void> => {
  try {
    for (;;) {
      await run()
      await pause(everyMs, undefined, { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** The first instances of the services are one, the second ones another. */
const openShops = (instances: readonly Instance[]): Shop[] =>
  [...Map.groupBy(instances, ({ number }) => number).values()].map((ofNumber) =>
    openShop(
      {
        order: urlOf(ofNumber, 'order'),
        payment: urlOf(ofNumber, 'payment'),
        inventory: urlOf(ofNumber, 'inventory'),
      },
      { timeoutMs: patienceMs },
    ),
  )

const urlOf = (instances: readonly Instance[], wanted: ServiceName): string =>
  instances.find(({ service }) => service === wanted)?.url ?? ''

/** Of the refunds that the gateway has refused for good some are tried again, which is in vain, others are made by hand. */
const refund = (shop: InsistentShop, orderId: string, random: Random) =>
  shop.refund(orderId, random.chance(0.3) ? { manual: false } : { manual: true, reference: `transfer-of-${orderId}` })
