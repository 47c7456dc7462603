/** Kills a process under load, starts it again later, and watches which orders are accepted and settled. */
import { setTimeout as pause } from 'node:timers/promises'
import { openShop } from '../../src/load/shop.ts'
import { summarize } from '../../src/results/statistics.ts'
import { untilReady } from '../../src/systems/ready.ts'
import { addStock, type System } from '../../src/systems/system.ts'
import { killProcesses } from '../outage/kill.ts'
import { type OfferedOrder, offerOrders } from '../outage/offered-orders.ts'

export interface OutagePlan {
  readonly perSecond: number
  /** The load before the kill, while the process is down, and after it is started again, s. */
  readonly seconds: { readonly before: number; readonly down: number; readonly after: number }
}

export interface Outage {
  readonly accepted: number
  /** Orders with another answer, no connection, or a connection that broke. */
  readonly refused: number
  /** The time from the intended start of a request to its 202, ms. */
  readonly acceptedP99: number
  /** Orders that were settled while the process was down. */
  readonly settledWhileDown: number
  /** From the restart until all orders were settled that had been accepted before it, s. 0 if they were settled by then. */
  readonly allSettledAfter: number
  /** Accepted orders by second of their request, and settled orders by second. */
  readonly perSecond: { readonly accepted: readonly number[]; readonly settled: readonly number[] }
}

const warmUpMs = 1_500
const form = { skus: 1, lines: 1 }

/** @param name - the process to kill. @throws if an accepted order is not settled, or the system is not right at the end. */
export const runOutage = async (system: System, name: string, plan: OutagePlan): Promise<Outage> => {
  await addStock(system, ['bench-0'])
  await using running = new AsyncDisposableStack()
  const shop = await openShop({ orderUrls: system.orderUrls, database: system.database, form })
  running.defer(() => shop.close())
  const { before, down, after } = plan.seconds
  const load = { orderUrls: system.orderUrls, form, perSecond: plan.perSecond }
  await offerOrders(shop, { ...load, ms: warmUpMs })
  const begun = performance.now()
  const offering = offerOrders(shop, { ...load, ms: (before + down + after) * 1_000 })
  offering.catch(() => undefined) // awaited below
  await pause(before * 1_000)
  const times = await killFor(system, { name, ms: down * 1_000 }, running)
  const orders = await offering
  const wrong = await system.check()
  if (wrong !== null) throw new Error(`After the outage of ${name}: ${wrong}`)
  return outageOf(orders, { begun, ...times })
}

interface Times {
  readonly killedAt: number
  readonly restartedAt: number
}

/** Kills the process, and starts it again after that time. Resolves when the system takes orders. */
const killFor = async (
  { processes, orderUrls }: System,
  { name, ms }: { readonly name: string; readonly ms: number },
  stopping: AsyncDisposableStack,
): Promise<Times> => {
  const killed = processes.filter((one) => one.name === name)
  if (killed.length === 0) throw new Error(`The system has no process ${name}.`)
  const restart = await killProcesses(killed, stopping)
  const killedAt = performance.now()
  await pause(ms)
  const restartedAt = performance.now()
  const children = restart().map(({ child }) => child)
  for (const url of orderUrls) await untilReady(url, children)
  return { killedAt, restartedAt }
}

/** All times are those of `performance.now()`. */
export const outageOf = (
  orders: readonly OfferedOrder[],
  { begun, killedAt, restartedAt }: Times & { readonly begun: number },
): Outage => {
  const accepted = orders.filter(({ answer }) => answer === 'accepted')
  const settledAt = (of: readonly OfferedOrder[]) => of.flatMap((order) => order.settledAt ?? [])
  const before = accepted.filter(({ intended }) => intended < restartedAt)
  return {
    accepted: accepted.length,
    refused: orders.length - accepted.length,
    acceptedP99: summarize(accepted.map(({ intended, answeredAt }) => (answeredAt ?? Number.NaN) - intended)).p99,
    settledWhileDown: settledAt(accepted).filter((at) => at >= killedAt && at < restartedAt).length,
    allSettledAfter: (Math.max(restartedAt, ...settledAt(before)) - restartedAt) / 1_000,
    perSecond: {
      accepted: bySecond(accepted.map(({ intended }) => intended - begun)),
      settled: bySecond(settledAt(accepted).map((at) => at - begun)),
    },
  }
}

/** The number of times within each second. */
export const bySecond = (timesMs: readonly number[]): number[] => {
  const counts = Array.from({ length: Math.ceil((Math.max(0, ...timesMs) + 1) / 1_000) }, () => 0)
  for (const at of timesMs) {
    const second = Math.floor(at / 1_000)
    counts[second] = (counts[second] ?? 0) + 1
  }
  return counts
}
