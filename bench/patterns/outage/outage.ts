/** Puts a system under an even load while a part of it is away. */
import { setTimeout as pause } from 'node:timers/promises'
import { waitUntil } from '@quadrille/testing/waiting'
import { runLoad } from '../../src/load/load.ts'
import type { OrderForm } from '../../src/load/order-body.ts'
import { openShop } from '../../src/load/shop.ts'
import type { System } from '../../src/systems/system.ts'
import { type OfferedOrder, offerOrders } from './offered-orders.ts'

export interface Outage {
  readonly orders: readonly OfferedOrder[]
  /** The first order, the fault, and its end, as times of `performance.now()`. */
  readonly begunAt: number
  readonly awayAt: number
  readonly backAt: number
}

/** Begins a fault. Resolves to a function that ends it: the part comes back. */
export type BeginFault = () => Promise<() => Promise<void>>

export interface OutagePlan {
  readonly form: OrderForm
  readonly perSecond: number
  /** The load before the fault, during it, and after it, ms. Each lasts until some of its orders are answered, because a machine may stall. */
  readonly ms: { readonly before: number; readonly away: number; readonly after: number }
}

type UnderLoad = Pick<System, 'orderUrls' | 'database'>

const fewOrders = 5

/** @throws if an accepted order is not settled. */
export const runOutage = async (
  { orderUrls, database }: UnderLoad,
  { form, perSecond, ms }: OutagePlan,
  begin: BeginFault,
): Promise<Outage> => {
  await using running = new AsyncDisposableStack()
  const shop = await openShop({ orderUrls, database, form })
  running.defer(() => shop.close())
  const orders: OfferedOrder[] = []
  const over = new AbortController()
  running.defer(() => over.abort())
  const begunAt = performance.now()
  const offering = offerOrders(shop, { orderUrls, form, perSecond, orders, signal: over.signal })
  offering.catch(() => undefined) // awaited below
  const loadFor = async (ms: number): Promise<void> => {
    const since = performance.now()
    await pause(ms)
    const answered = () => orders.filter(({ intended, answer }) => intended >= since && answer !== 'pending').length
    await Promise.race([offering, waitUntil(() => answered() >= fewOrders, { what: 'answers to orders' })])
  }
  await loadFor(ms.before)
  const end = await begin()
  const awayAt = performance.now()
  await loadFor(ms.away)
  await end()
  const backAt = performance.now()
  await loadFor(ms.after)
  over.abort()
  await offering
  return { orders, begunAt, awayAt, backAt }
}

/** Few orders at once, because a slow machine must be done with their last steps when the outage begins. */
export const warmUp = async ({ orderUrls, database }: UnderLoad, form: OrderForm, ms: number): Promise<void> => {
  await using running = new AsyncDisposableStack()
  const shop = await openShop({ orderUrls, database, form })
  running.defer(() => shop.close())
  await runLoad(shop, { kind: 'closed', inFlight: 20, ms }, { begin: async () => undefined, end: () => undefined })
}

/** How long after the end of the fault the last accepted order from before that end is settled. 0 if all are settled by then. */
export const settledAfterMs = ({ orders, backAt }: Outage): number =>
  Math.max(0, ...orders.filter(({ intended }) => intended < backAt).map(({ settledAt }) => (settledAt ?? 0) - backAt))

/** The seconds of a point of a chart. */
const step = 0.5

/** The points of a chart, until the last order is settled. @param valueIn - between two times of `performance.now()` */
export const pointsOf = <Measured extends Outage>(
  outage: Measured,
  valueIn: (outage: Measured, from: number, to: number) => number,
): (readonly [number, number])[] => {
  const { begunAt, orders } = outage
  const lastMs = Math.max(...orders.map(({ intended, settledAt }) => settledAt ?? intended)) - begunAt
  return Array.from({ length: Math.floor(lastMs / 1_000 / step) }, (_, index) => {
    const from = begunAt + index * step * 1_000
    return [(index + 0.5) * step, Math.round(valueIn(outage, from, from + step * 1_000) * 100) / 100]
  })
}

export const settledPerSecond = ({ orders }: Outage, from: number, to: number): number =>
  orders.filter(({ settledAt }) => settledAt !== null && settledAt >= from && settledAt < to).length / step

export const acceptedPerSecond = ({ orders }: Outage, from: number, to: number): number =>
  orders.filter(({ answer, intended }) => answer === 'accepted' && intended >= from && intended < to).length / step
