/** The load of a run: the client, the record of its orders, and periodic jobs. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceName } from '@quadrille/events'
import { openShop, type Shop, stockForMix } from '@quadrille/shop-testing'
import type { Random } from '@quadrille/testing'
import type { Instance } from '../world/instance.ts'
import type { World } from '../world/world.ts'
import { abortAfter } from './abort-after.ts'
import { dispatchesOf } from './dispatches.ts'
import { type OrderTracker, trackOrders } from './order-tracker.ts'
import { receiptsTo, type SentReceipts } from './receipts.ts'
import { countRetries } from './retries.ts'
import { type AnswerCounts, type RetryingClient, retryingClient } from './retrying-client.ts'

export interface LoadDriver extends LoadOptions {
  readonly shop: RetryingClient
  readonly tracker: OrderTracker
  readonly answerCounts: AnswerCounts
  /** A client that counts its answers there instead. */
  clientThatCounts(answerCounts: AnswerCounts): RetryingClient
  receipts(): SentReceipts
  /** The keys of the dispatches that were answered with 200. */
  dispatches(): readonly string[]
  /** The retries that the services have counted so far. */
  retries(): number
  /** Waits for the customers, and aborts all requests if that takes longer, which ends the customers too. */
  serveWithin<Result>(ms: number, customers: Promise<Result>): Promise<Result>
  /** @throws if a job has failed. The failure also aborts all requests. */
  close(): Promise<void>
}

export interface LoadOptions {
  readonly random: Random
  /** Time since the start of the run, ms. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/** How long a request may take before it is sent to another instance, ms. */
const requestTimeoutMs = 5_000

const pollEveryMs = 100
const refundEveryMs = 500
const countEveryMs = 2_000
const receiptEveryMs = 1_000
const dispatchEveryMs = 500

/** The most concurrent refunds. */
const refundsAtOnce = 50

/** Resolves when the stock is set. */
export const startLoad = async (
  { instances, databases }: World,
  { random, now, signal: outer }: LoadOptions,
): Promise<LoadDriver> => {
  const closing = new AbortController()
  const signal = AbortSignal.any([outer, closing.signal])
  const answerCounts: AnswerCounts = new Map()
  const shops = openShops(instances)
  const clientThatCounts = (counts: AnswerCounts) => retryingClient(shops, { random, answerCounts: counts, signal })
  const shop = clientThatCounts(answerCounts)
  await shop.setStock(stockForMix)
  const tracker = trackOrders(databases.order, now)
  const retries = countRetries(instances)
  const receipts = receiptsTo(shop)
  const dispatches = dispatchesOf(shop, { random, signal, orders: databases.order })
  let refusedRefunds: readonly string[] = []
  const jobs = [
    repeat(pollEveryMs, signal, async () => {
      refusedRefunds = await tracker.poll()
    }),
    repeat(refundEveryMs, signal, async () => {
      await Promise.all(refusedRefunds.slice(0, refundsAtOnce).map((orderId) => refund(shop, orderId, random)))
    }),
    repeat(countEveryMs, signal, () => retries.poll()),
    repeat(receiptEveryMs, signal, () => receipts.next()),
    repeat(dispatchEveryMs, signal, () => dispatches.next()),
  ]
  const working = Promise.all(jobs)
  working.catch(() => closing.abort()) // close() throws the error
  return {
    random,
    now,
    signal,
    shop,
    tracker,
    answerCounts,
    clientThatCounts,
    receipts: receipts.sent,
    dispatches: dispatches.confirmed,
    retries: retries.total,
    serveWithin: (ms, customers) => abortAfter(ms, closing, customers),
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
const openShops = (instances: readonly Instance[]): Shop[] =>
  [...Map.groupBy(instances, ({ number }) => number).values()].map((ofNumber) =>
    openShop(
      {
        order: urlOf(ofNumber, 'order'),
        payment: urlOf(ofNumber, 'payment'),
        inventory: urlOf(ofNumber, 'inventory'),
        shipping: urlOf(ofNumber, 'shipping'),
      },
      { timeoutMs: requestTimeoutMs },
    ),
  )

const urlOf = (instances: readonly Instance[], wanted: ServiceName): string =>
  instances.find(({ service }) => service === wanted)?.url ?? ''

/** Some of the refused refunds are retried, without success. The others are made by hand. */
const refund = (shop: RetryingClient, orderId: string, random: Random) =>
  shop.refund(orderId, random.chance(0.3) ? { manual: false } : { manual: true, reference: `transfer-of-${orderId}` })
