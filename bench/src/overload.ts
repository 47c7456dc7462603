/** More orders than can be handled: what is kept of the speed, what the others are answered, and whether all that was accepted ends. */
import { setTimeout as pause } from 'node:timers/promises'
import { type BenchShop, openBenchShop } from './bench-shop.ts'
import { keepInFlight } from './load.ts'
import { watchMemory } from './memory.ts'
import { type Answers, offer } from './offer.ts'
import { type Mode, type System, startSystem } from './systems.ts'

export interface OverloadOptions {
  readonly mode: Mode
  /** How long each load lasts. */
  readonly ms: number
  /** Orders in the burst. */
  readonly burst: number
}

const rounds = 3
const times = 3
const inFlight = 200
const connections = 3_000
/** Until the bound is reached, more is taken in than at capacity, and that isn't what is measured. */
const reachBoundMs = 3_000
const settleWithinMs = 300_000
/** A bound that is reached in some seconds, and a gateway that takes 2 s for each of 400 charges at a time. */
const variables = { ORDERS_OPEN_MAX: '2000', TASK_CONCURRENCY: '400' }

/** @throws where something else than 202, 429 and 503 is answered, or an accepted order doesn't end fulfilled. */
export const overload = async (options: OverloadOptions): Promise<void> => {
  const { mode } = options
  const system = await startSystem(mode, variables)
  try {
    const shop = await openBenchShop(system, connections)
    const say = (line: string) => console.log(`${mode}: ${line}`)
    await keepInFlight(shop, { inFlight, ms: 3_000 })
    for (let round = 0; round < rounds; round += 1) await compare(shop, { ms: options.ms, say })
    await burst(shop, { system, options, say })
    await shop.close()
  } finally {
    await system.stop()
  }
}

type Say = (line: string) => void

const compare = async (shop: BenchShop, { ms, say }: { ms: number; say: Say }): Promise<void> => {
  const atCapacity = await keepInFlight(shop, { inFlight, ms })
  const capacity = (atCapacity.latenciesMs.length / atCapacity.ms) * 1_000
  const perSecond = Math.round(capacity * times)
  const begin = await look(shop)
  const offering = offer(shop, { perSecond, orders: (perSecond * (reachBoundMs + ms)) / 1_000, method: 'pm_card_visa' })
  await pause(reachBoundMs)
  const from = await look(shop)
  await pause(ms)
  const to = await look(shop)
  const answers = await offering
  const goodput = ((to.fulfilled - from.fulfilled) / (to.atMs - from.atMs)) * 1_000
  await untilFulfilled(shop, begin.fulfilled + accepted(answers))
  say(
    `${Math.round(capacity)} orders/s settled at capacity; while ${perSecond}/s are offered, ${Math.round(goodput)}/s, ` +
      `${Math.round((goodput / capacity) * 100)} %; ${counts(answers)}`,
  )
}

const look = async (shop: BenchShop) => ({ fulfilled: (await shop.count()).fulfilled, atMs: performance.now() })

interface Burst {
  readonly system: System
  readonly options: OverloadOptions
  readonly say: Say
}

const burst = async (shop: BenchShop, { system, options, say }: Burst): Promise<void> => {
  const before = await shop.count()
  const begun = performance.now()
  const urls = options.mode === 'embedded' ? [system.urls.order] : Object.values(system.urls)
  const { result: answers, heapMb } = await watchMemory(urls, offerThenSettle(shop, options.burst, before.fulfilled))
  const lastedS = (performance.now() - begun) / 1_000
  say(
    `${options.burst} orders at once, with a gateway that takes 2 s: ${counts(answers)}; all that was accepted was fulfilled ` +
      `within ${lastedS.toFixed(1)} s; heap at most ${heapMb.join(', ')} MB in each quarter of that time`,
  )
}

const offerThenSettle = async (shop: BenchShop, orders: number, fulfilledBefore: number): Promise<Answers> => {
  const answers = await offer(shop, { orders, perSecond: Number.POSITIVE_INFINITY, method: 'pm_sim_slow' })
  await untilFulfilled(shop, fulfilledBefore + accepted(answers))
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
