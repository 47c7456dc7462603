/** More orders than can be handled: what is kept of the speed, what the others are answered, and whether all that was accepted ends. */
import { setTimeout as pause } from 'node:timers/promises'
import { type BenchShop, openBenchShop } from './bench-shop.ts'
import { keepInFlight } from './load.ts'
import { watchMemory } from './memory.ts'
import { type Answers, offer } from './offer.ts'
import { rateOf, sharesLine } from './report.ts'
import { type Mode, startSystem } from './systems.ts'

export interface OverloadOptions {
  readonly mode: Mode
  /** How long each load lasts. */
  readonly ms: number
  /** Orders in the larger burst. */
  readonly burst: number
}

const rounds = 3
const times = 3
const inFlight = 200
const connections = 3_000
/** Until the bound is reached more is taken in than at capacity, and that isn't what is measured. */
const reachBoundMs = 3_000
const settleWithinMs = 300_000
/** Bounds that are reached in some seconds; a gateway that takes 2 s gets up to 400 charges at a time. */
const variables = { ORDERS_OPEN_MAX: '2000', TASK_CONCURRENCY: '400' }
/** How much of the larger burst the smaller one is; and how much more memory the larger may take. */
const smaller = 0.25
const mostGrowth = 2

/**
 * @throws where something else than 202, 429 and 503 is answered, an accepted order doesn't end fulfilled, or memory grows with
 * what is offered. How fast it was is said, and for the reader to judge.
 */
export const overload = async ({ mode, ms, burst }: OverloadOptions): Promise<void> => {
  const system = await startSystem({ mode, variables })
  const say = (line: string) => console.log(`${mode}: ${line}`)
  try {
    const shop = await openBenchShop(system, { connections })
    await keepInFlight(shop, { inFlight, ms: 3_000 })
    await compareLoads(shop, { ms, say })
    const urls = mode === 'embedded' ? [system.urls.order] : Object.values(system.urls)
    await compareBursts(shop, { urls, burst, say })
    await shop.close()
  } finally {
    await system.stop()
  }
}

type Say = (line: string) => void

const compareLoads = async (shop: BenchShop, { ms, say }: { ms: number; say: Say }): Promise<void> => {
  const kept: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const capacity = rateOf(await keepInFlight(shop, { inFlight, ms }))
    const overloaded = await overloadFor(shop, { perSecond: capacity * times, ms })
    kept.push(overloaded.settledPerSecond / capacity)
    say(
      `${Math.round(capacity)} orders/s settled at capacity; while ${Math.round(overloaded.offeredPerSecond)}/s were offered, ` +
        `${Math.round(overloaded.settledPerSecond)}/s; ${counts(overloaded.answers)}`,
    )
  }
  say(`kept of capacity: ${sharesLine(kept)}`)
}

const overloadFor = async (shop: BenchShop, { perSecond, ms }: { perSecond: number; ms: number }) => {
  const begin = await look(shop)
  const offering = offer(shop, { perSecond, orders: (perSecond * (reachBoundMs + ms)) / 1_000, method: 'pm_card_visa' })
  await pause(reachBoundMs)
  const from = await look(shop)
  await pause(ms)
  const to = await look(shop)
  const answers = await offering
  const lastedMs = performance.now() - begin.atMs
  await untilFulfilled(shop, begin.fulfilled + accepted(answers))
  return {
    answers,
    offeredPerSecond: ((answers.accepted + answers.refused) / lastedMs) * 1_000,
    settledPerSecond: ((to.fulfilled - from.fulfilled) / (to.atMs - from.atMs)) * 1_000,
  }
}

const look = async (shop: BenchShop) => ({ fulfilled: (await shop.count()).fulfilled, atMs: performance.now() })

interface Bursts {
  readonly urls: readonly string[]
  readonly burst: number
  readonly say: Say
}

const compareBursts = async (shop: BenchShop, { urls, burst, say }: Bursts): Promise<void> => {
  const most: number[] = []
  for (const orders of [Math.round(burst * smaller), burst]) {
    const begun = performance.now()
    const { result: answers, mostMb } = await watchMemory(urls, offerThenSettle(shop, orders))
    most.push(mostMb)
    say(
      `${orders} orders at once, with a gateway that takes 2 s: ${counts(answers)}; all that was accepted was fulfilled ` +
        `within ${((performance.now() - begun) / 1_000).toFixed(1)} s; memory at most ${mostMb} MB`,
    )
  }
  const [few = 0, many = 0] = most
  if (many > few * mostGrowth) throw new Error(`Memory grew from ${few} to ${many} MB with what was offered.`)
}

const offerThenSettle = async (shop: BenchShop, orders: number): Promise<Answers> => {
  const before = await shop.count()
  const answers = await offer(shop, { orders, perSecond: Number.POSITIVE_INFINITY, method: 'pm_sim_slow' })
  await untilFulfilled(shop, before.fulfilled + accepted(answers))
  return answers
}

/** @throws where there were other answers than those that a client can count on. */
const accepted = ({ accepted, other }: Answers): number => {
  if (other.size > 0)
    throw new Error(`Answered otherwise: ${[...other].map(([what, n]) => `${n} × ${what}`).join(', ')}`)
  return accepted
}

const counts = ({ accepted, refused }: Answers): string => `${accepted} accepted, ${refused} refused with Retry-After`

const untilFulfilled = async (shop: BenchShop, wanted: number): Promise<void> => {
  for (const begun = performance.now(); ; await pause(100)) {
    const { open, fulfilled } = await shop.count()
    if (open === 0 && fulfilled === wanted) return
    if (open === 0 || performance.now() - begun > settleWithinMs)
      throw new Error(`${fulfilled} orders are fulfilled and ${open} are open, of ${wanted} that were accepted.`)
  }
}
