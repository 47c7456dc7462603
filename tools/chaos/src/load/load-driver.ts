/** The load of a run: the client, the record of its orders, and periodic jobs. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceName } from '@quadrille/events'
import { openShop, type Shop, stockForMix } from '@quadrille/shop-testing'
import type { Random } from '@quadrille/testing'
import type { Instance } from '../world/instance.ts'
import type { World } from '../world/world.ts'
import type { CustomerContext } from './customers.ts'
import { dispatchesOf } from './dispatches.ts'
import { type OrderTracker, trackOrders } from './order-tracker.ts'
import { receiptsTo, type SentReceipts } from './receipts.ts'
import { type AnswerCounts, type RetryingClient, retryingClient } from './retrying-client.ts'

export interface LoadDriver extends LoadOptions {
  readonly tracker: OrderTracker
  readonly answerCounts: AnswerCounts
  /** Customers with connections of their own. */
  openGroup(options?: GroupOptions): CustomerGroup
  receipts(): SentReceipts
  /** The keys of the dispatches that were answered with 200. */
  dispatches(): readonly string[]
  /** @throws if a job has failed. The failure also aborts all requests. */
  close(): Promise<void>
}

export interface GroupOptions {
  /** Where its answers are counted. Default: with those of the jobs. */
  readonly answerCounts?: AnswerCounts
  /** How long a request may take before it is sent again, ms. Default 5 s. */
  readonly timeoutMs?: number
  /** The only instances that it sends requests to: those with this number. Default: all. */
  readonly number?: number
}

export interface CustomerGroup extends CustomerContext {
  /** Waits for its customers. Aborts their requests if that takes longer, which ends these customers, and nothing else. */
  within<Result>(ms: number, customers: Promise<Result>): Promise<Result>
}

export interface LoadOptions {
  readonly random: Random
  /** Time since the start of the run, ms. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/** How long a request may take before it is sent again, to a random instance, ms. */
const requestTimeoutMs = 5_000

const pollEveryMs = 100
const refundEveryMs = 500
const receiptEveryMs = 1_000
const dispatchEveryMs = 500

/** The most concurrent refunds. */
const refundsAtOnce = 50

/** Resolves when the stock is set. */
export const startLoad = async (
  { instances, databases }: Pick<World, 'instances' | 'databases'>,
  { random, now, signal: outer }: LoadOptions,
): Promise<LoadDriver> => {
  const closing = new AbortController()
  const signal = AbortSignal.any([outer, closing.signal])
  const answerCounts: AnswerCounts = new Map()
  const shops = openShops(instances, requestTimeoutMs)
  const shop = retryingClient(shops, { random, answerCounts, signal })
  await shop.setStock(stockForMix)
  const tracker = trackOrders(databases.order, now)
  const receipts = receiptsTo(shop)
  const dispatches = dispatchesOf(shop, { random, signal, orders: databases.order })
  let refusedRefunds: readonly string[] = []
  const working = Promise.all([
    repeat(pollEveryMs, signal, async () => {
      refusedRefunds = await tracker.poll()
    }),
    repeat(refundEveryMs, signal, async () => {
      await Promise.all(refusedRefunds.slice(0, refundsAtOnce).map((orderId) => refund(shop, orderId, random)))
    }),
    repeat(receiptEveryMs, signal, () => receipts.next()),
    repeat(dispatchEveryMs, signal, () => dispatches.next()),
  ])
  working.catch(() => closing.abort()) // close() throws the error
  return {
    random,
    now,
    signal,
    tracker,
    answerCounts,
    openGroup: ({ timeoutMs = requestTimeoutMs, number, answerCounts: counts = answerCounts } = {}) => {
      const waiting = new AbortController()
      const ended = AbortSignal.any([signal, waiting.signal])
      const some = instances.filter((instance) => number === undefined || instance.number === number)
      const groupShops = openShops(some, timeoutMs)
      shops.push(...groupShops)
      return {
        shop: retryingClient(groupShops, { random, answerCounts: counts, signal: ended }),
        tracker,
        random,
        now,
        signal: ended,
        within: (ms, customers) => {
          const timer = setTimeout(() => waiting.abort(), ms)
          return customers.finally(() => clearTimeout(timer))
        },
      }
    },
    receipts: receipts.sent,
    dispatches: dispatches.confirmed,
    close: async () => {
      closing.abort()
      try {
        await working
      } finally {
        for (const each of shops) each.close()
        await tracker.close()
      }
    },
  }
}

/** Repeats until the signal aborts. The running call may then fail. */
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

/** One client for the first instances of all services, and one for the second instances. */
const openShops = (instances: readonly Instance[], timeoutMs: number): Shop[] =>
  [...Map.groupBy(instances, ({ number }) => number).values()].map((ofNumber) =>
    openShop(
      {
        order: urlOf(ofNumber, 'order'),
        payment: urlOf(ofNumber, 'payment'),
        inventory: urlOf(ofNumber, 'inventory'),
        shipping: urlOf(ofNumber, 'shipping'),
      },
      { timeoutMs },
    ),
  )

const urlOf = (instances: readonly Instance[], wanted: ServiceName): string =>
  instances.find(({ service }) => service === wanted)?.url ?? ''

/** Some of the refused refunds are retried, without success. The others are made by hand. */
const refund = (shop: RetryingClient, orderId: string, random: Random) =>
  shop.refund(orderId, random.chance(0.3) ? { manual: false } : { manual: true, reference: `transfer-of-${orderId}` })
