/** Measures the throughput under overload, counts rejections, and checks that every accepted order is fulfilled. */
import { setTimeout as pause } from 'node:timers/promises'
import { runLoad } from '../load/load.ts'
import { skusOf } from '../load/order-body.ts'
import { openShop, type Shop } from '../load/shop.ts'
import type { Mode } from '../systems/product.ts'
import { openServers } from '../systems/servers.ts'
import { startRow } from '../systems/start-row.ts'
import { addStock } from '../systems/system.ts'
import { watchMemory } from './memory.ts'
import { offer, type Responses } from './offer.ts'

const rounds = 3
const loadFactor = 3
const inFlightAtCapacity = 200
const warmUpMs = 3_000
const settleWithinMs = 300_000
/** Orders of two lines, whose SKUs are out of 1,000. */
const form = { skus: 1_000, lines: 2 }
/**
 * A limit that is reached within seconds. Orders that were settled since the last count, a second ago or more, count as open: with a
 * lower limit some would be rejected at capacity too.
 */
const maxOpen = 2_000
/** A gateway that takes 2 s gets up to 400 concurrent charges. */
const variables = { ORDERS_OPEN_MAX: String(maxOpen), TASK_CONCURRENCY: '400' }
/** Orders at once. */
const bursts = [5_000, 20_000]
/** The allowed memory of the larger burst, relative to the smaller one. */
const maxMemoryRatio = 2

/**
 * With the Postgres settings of `npm start`. The throughput is only reported.
 * @param ms - the duration of each load
 * @throws if a response is not 202, 429 or 503, an accepted order is not fulfilled, or memory grows with the load.
 */
export const overload = async (mode: Mode, ms: number): Promise<void> => {
  const say = (line: string) => console.log(`${mode}: ${line}`)
  await using started = new AsyncDisposableStack()
  const servers = started.use(openServers())
  const row = { kind: 'product', id: mode, title: mode, mode, variables, settings: 'npm start' } as const
  const { system } = await startRow(row, { servers, report: say })
  started.defer(() => system.stop())
  await addStock(system, skusOf(form))
  const { orderUrls, database } = system
  const shop = await openShop({ orderUrls, database, form, connections: 3_000 })
  started.defer(() => shop.close())
  await rateAtCapacity(shop, warmUpMs)
  await compareLoads(shop, ms, say)
  await compareBursts(shop, system.metricsUrls.slice(0, system.processes.length), say)
}

type Say = (line: string) => void

const compareLoads = async (shop: Shop, ms: number, say: Say): Promise<void> => {
  const ratios: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const capacity = await rateAtCapacity(shop, ms)
    const overloaded = await overloadFor(shop, capacity, ms)
    ratios.push(overloaded.settledPerSecond / capacity)
    say(
      `${Math.round(capacity)} orders/s settled at capacity; while ${Math.round(overloaded.offeredPerSecond)}/s were offered, ` +
        `${Math.round(overloaded.settledPerSecond)}/s; ${counts(overloaded.responses)}`,
    )
  }
  const average = ratios.reduce((sum, one) => sum + one) / ratios.length
  say(
    `throughput under overload, relative to capacity: ${ratios.map(percent).join(', ')}; ${percent(average)} on average`,
  )
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** Settled orders per second, with 200 in flight. */
const rateAtCapacity = async (shop: Shop, ms: number): Promise<number> => {
  const ends = { begin: async () => undefined, end: () => undefined }
  const measured = await runLoad(shop, { kind: 'closed', inFlight: inFlightAtCapacity, ms }, ends)
  return (measured.orders / measured.ms) * 1_000
}

const overloadFor = async (shop: Shop, capacity: number, ms: number) => {
  const begin = await readFulfilled(shop)
  const perSecond = capacity * loadFactor
  const unsteadyMs = unsteadyFor(capacity)
  const offering = offer(shop, { perSecond, orders: (perSecond * (unsteadyMs + ms)) / 1_000, method: 'pm_card_visa' })
  await pause(unsteadyMs)
  const from = await readFulfilled(shop)
  await pause(ms)
  const to = await readFulfilled(shop)
  const responses = await offering
  const lastedMs = performance.now() - begin.atMs
  await untilFulfilled(shop, begin.fulfilled + accepted(responses))
  return {
    responses,
    offeredPerSecond: ((responses.accepted + responses.rejected) / lastedMs) * 1_000,
    settledPerSecond: ((to.fulfilled - from.fulfilled) / (to.atMs - from.atMs)) * 1_000,
  }
}

/**
 * The time until the throughput is steady, ms: the limit is reached, and then as many orders are settled as are open. Until then
 * most of the work is for the first steps of many orders, and few are settled.
 */
const unsteadyFor = (capacity: number): number => {
  const untilLimit = maxOpen / (capacity * (loadFactor - 1))
  return (untilLimit + maxOpen / capacity) * 1_000
}

const readFulfilled = async (shop: Shop) => ({
  fulfilled: (await shop.count()).fulfilled,
  atMs: performance.now(),
})

const compareBursts = async (shop: Shop, urls: readonly string[], say: Say): Promise<void> => {
  const peaks: number[] = []
  for (const orders of bursts) {
    const begun = performance.now()
    const { result: responses, peakMb, unread } = await watchMemory(urls, offerThenSettle(shop, orders))
    if (peakMb === 0) throw new Error(`The memory could not be read: ${unread}`)
    if (unread) say(`a sample of the memory could not be read: ${unread}`)
    peaks.push(peakMb)
    say(
      `${orders} orders at once, with a gateway that takes 2 s: ${counts(responses)}; all accepted orders were fulfilled ` +
        `within ${((performance.now() - begun) / 1_000).toFixed(1)} s; memory at most ${peakMb} MB`,
    )
  }
  const [few = 0, many = 0] = peaks
  if (many > few * maxMemoryRatio) throw new Error(`Memory grew from ${few} to ${many} MB with the size of the burst.`)
}

const offerThenSettle = async (shop: Shop, orders: number): Promise<Responses> => {
  const before = await shop.count()
  const responses = await offer(shop, { orders, perSecond: Number.POSITIVE_INFINITY, method: 'pm_sim_slow' })
  await untilFulfilled(shop, before.fulfilled + accepted(responses))
  return responses
}

/** @throws if a response is not 202, or 429 or 503 with Retry-After. */
const accepted = ({ accepted, other }: Responses): number => {
  if (other.size > 0)
    throw new Error(`Unexpected responses: ${[...other].map(([what, n]) => `${n} × ${what}`).join(', ')}`)
  return accepted
}

const counts = ({ accepted, rejected }: Responses): string =>
  `${accepted} accepted, ${rejected} rejected with Retry-After`

const untilFulfilled = async (shop: Shop, wanted: number): Promise<void> => {
  for (const begun = performance.now(); ; await pause(100)) {
    const { open, fulfilled } = await shop.count()
    if (open === 0 && fulfilled === wanted) return
    if (open === 0 || performance.now() - begun > settleWithinMs)
      throw new Error(`${fulfilled} orders are fulfilled and ${open} are open, of ${wanted} accepted ones.`)
  }
}
