/** Measures the throughput under overload, counts rejections, and checks that every accepted order is fulfilled. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Shop } from '../load/shop.ts'
import type { Mode } from '../systems/product.ts'
import { watchMemory } from './memory.ts'
import { offer, type Responses } from './offer.ts'
import { openProduct } from './product-under-load.ts'
import { rateInFlight, ratiosLine } from './rates.ts'

export interface OverloadOptions {
  readonly mode: Mode
  /** The duration of each load, ms. */
  readonly ms: number
  /** Orders in the larger burst. */
  readonly burst: number
}

const rounds = 3
const loadFactor = 3
const connections = 3_000
const settleWithinMs = 300_000
/**
 * A limit that is reached within seconds. Orders that were settled since the last count, a second ago or more, count as open: with a
 * lower limit some would be rejected at capacity too.
 */
const maxOpen = 2_000
/** A gateway that takes 2 s gets up to 400 concurrent charges. */
const variables = { ORDERS_OPEN_MAX: String(maxOpen), TASK_CONCURRENCY: '400' }
/** The size of the smaller burst, relative to the larger one. */
const smallerBurst = 0.25
/** The allowed memory of the larger burst, relative to the smaller one. */
const maxMemoryRatio = 2

/**
 * @throws if a response is not 202, 429 or 503, an accepted order is not fulfilled, or memory grows with the load. The
 * throughput is only reported.
 */
export const overload = async ({ mode, ms, burst }: OverloadOptions): Promise<void> => {
  const say = (line: string) => console.log(`${mode}: ${line}`)
  await using product = await openProduct({ mode, variables, connections })
  const { shop, system } = product
  await compareLoads(shop, { ms, say })
  await compareBursts(shop, { urls: system.metricsUrls.slice(0, system.processes.length), burst, say })
}

type Say = (line: string) => void

const compareLoads = async (shop: Shop, { ms, say }: { ms: number; say: Say }): Promise<void> => {
  const ratios: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const capacity = await rateInFlight(shop, ms)
    const overloaded = await overloadFor(shop, { capacity, ms })
    ratios.push(overloaded.settledPerSecond / capacity)
    say(
      `${Math.round(capacity)} orders/s settled at capacity; while ${Math.round(overloaded.offeredPerSecond)}/s were offered, ` +
        `${Math.round(overloaded.settledPerSecond)}/s; ${counts(overloaded.responses)}`,
    )
  }
  say(`throughput under overload, relative to capacity: ${ratiosLine(ratios)}`)
}

const overloadFor = async (shop: Shop, { capacity, ms }: { capacity: number; ms: number }) => {
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

interface Bursts {
  readonly urls: readonly string[]
  readonly burst: number
  readonly say: Say
}

const compareBursts = async (shop: Shop, { urls, burst, say }: Bursts): Promise<void> => {
  const peaks: number[] = []
  for (const orders of [Math.round(burst * smallerBurst), burst]) {
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
