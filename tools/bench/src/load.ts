/** Two kinds of load: a fixed number of orders in flight, and a fixed rate of orders. */
import { setTimeout as pause } from 'node:timers/promises'
import type { BenchShop } from './bench-shop.ts'

export interface Measured {
  /** The duration of the load, ms. */
  readonly ms: number
  /** The time from the POST until the order was seen settled, for each settled order, ms. */
  readonly latenciesMs: readonly number[]
  /** The time from the POST to its response, ms. */
  readonly acceptedMs: readonly number[]
}

const pollEveryMs = 5
const settleWithinMs = 60_000

/** Tracks orders from the POST until they are settled. */
class OrderTracker {
  readonly #shop: BenchShop
  readonly #open = new Map<string, number>()
  readonly latenciesMs: number[] = []
  readonly acceptedMs: number[] = []
  placing = 0

  constructor(shop: BenchShop) {
    this.#shop = shop
  }

  get inFlight(): number {
    return this.#open.size + this.placing
  }

  async place(): Promise<void> {
    const begun = performance.now()
    this.placing += 1
    try {
      const id = await this.#shop.place()
      this.acceptedMs.push(performance.now() - begun)
      this.#open.set(id, begun)
    } finally {
      this.placing -= 1
    }
  }

  async poll(): Promise<void> {
    if (this.#open.size === 0) return
    const settled = await this.#shop.settled([...this.#open.keys()])
    const now = performance.now()
    for (const id of settled) {
      this.latenciesMs.push(now - (this.#open.get(id) ?? now))
      this.#open.delete(id)
    }
  }

  /** @throws if an order is not settled in time, because the figures would be meaningless. */
  async finish(): Promise<void> {
    for (const begun = performance.now(); this.inFlight > 0; await pause(pollEveryMs)) {
      await this.poll()
      if (performance.now() - begun > settleWithinMs) throw new Error(`${this.inFlight} orders are not settled.`)
    }
  }
}

/**
 * Keeps `inFlight` orders in progress for `ms`, and measures only this time. Resolves when the last order is settled.
 */
export const keepInFlight = async (
  shop: BenchShop,
  { inFlight, ms }: { inFlight: number; ms: number },
): Promise<Measured> => {
  const tracker = new OrderTracker(shop)
  const failures: unknown[] = []
  const begun = performance.now()
  while (performance.now() - begun < ms && failures.length === 0) {
    for (let room = inFlight - tracker.inFlight; room > 0; room -= 1)
      void tracker.place().catch((error) => failures.push(error))
    await pause(pollEveryMs)
    await tracker.poll()
  }
  const measured = {
    ms: performance.now() - begun,
    latenciesMs: [...tracker.latenciesMs],
    acceptedMs: [...tracker.acceptedMs],
  }
  await tracker.finish()
  if (failures.length > 0) throw failures[0]
  return measured
}

/** Places `perSecond` orders a second for `ms`, whether or not the system keeps up. */
export const placeAtRate = async (
  shop: BenchShop,
  { perSecond, ms }: { perSecond: number; ms: number },
): Promise<Measured> => {
  const tracker = new OrderTracker(shop)
  const failures: unknown[] = []
  const begun = performance.now()
  for (let placed = 0; performance.now() - begun < ms && failures.length === 0; await pause(pollEveryMs)) {
    const due = Math.floor(((performance.now() - begun) / 1_000) * perSecond)
    for (; placed < due; placed += 1) void tracker.place().catch((error) => failures.push(error))
    await tracker.poll()
  }
  await tracker.finish()
  if (failures.length > 0) throw failures[0]
  return { ms: performance.now() - begun, latenciesMs: tracker.latenciesMs, acceptedMs: tracker.acceptedMs }
}
