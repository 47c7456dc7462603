/** The load of a run: the clients, the record of their orders, and the jobs around it. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceName } from '@quadrille/events'
import { openShop, type Shop, stockForMix } from '@quadrille/shop-testing'
import type { Random } from '@quadrille/testing'
import type { Instance } from '../world/instance.ts'
import type { World } from '../world/world.ts'
import { type DeliveryCounts, deliveriesTo } from './deliveries.ts'
import { type OrderBook, orderBook } from './order-book.ts'
import { countRetries } from './retries.ts'
import { type AnswerCounts, type RetryingClient, retryingClient } from './retrying-client.ts'

export interface LoadDriver extends LoadOptions {
  readonly shop: RetryingClient
  readonly book: OrderBook
  readonly answerCounts: AnswerCounts
  deliveries(): DeliveryCounts
  /** The retries that the services have counted so far. */
  retries(): number
  /** Requests that are not answered by then are given up. */
  closeWithin(ms: number): void
  /** @throws if one of its jobs has failed, which closed it at once. */
  close(): Promise<void>
}

export interface LoadOptions {
  readonly random: Random
  /** Time since the start of the run, ms. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/** How long an instance may take to answer before another one is asked, ms. */
const patienceMs = 5_000

const lookEveryMs = 100
const refundEveryMs = 500
const countEveryMs = 2_000
const deliverEveryMs = 1_000

/** The most concurrent refunds. */
const refundsAtOnce = 50

/** Resolves when there is stock. */
export const startLoad = async (
  { instances, databases }: World,
  { random, now, signal: outer }: LoadOptions,
): Promise<LoadDriver> => {
  const closing = new AbortController()
  const signal = AbortSignal.any([outer, closing.signal])
  const answerCounts: AnswerCounts = new Map()
  const shops = openShops(instances)
  const shop = retryingClient(shops, { random, answerCounts, signal })
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
  working.catch(() => closing.abort()) // close() throws the error
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

/** Repeats until the signal aborts, which may make a call fail. */
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

/** The first instances of the services form one shop, the second ones another. */
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

/** Some of the refunds that the gateway refused are retried, without success. The others are made by hand. */
const refund = (shop: RetryingClient, orderId: string, random: Random) =>
  shop.refund(orderId, random.chance(0.3) ? { manual: false } : { manual: true, reference: `transfer-of-${orderId}` })
