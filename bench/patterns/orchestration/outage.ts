/** Kills a process under load, starts it again later, and watches which orders are accepted and settled. */
import { setTimeout as pause } from 'node:timers/promises'
import { openShop, type Shop } from '../../src/load/shop.ts'
import { summarize } from '../../src/results/statistics.ts'
import { type Child, startChild } from '../../src/systems/child.ts'
import { untilReady } from '../../src/systems/ready.ts'
import { addStock, type System } from '../../src/systems/system.ts'

export interface OutagePlan {
  readonly perSecond: number
  /** The load before the kill, while the process is down, and after it is started again, s. */
  readonly seconds: { readonly before: number; readonly down: number; readonly after: number }
}

export interface Outage {
  readonly accepted: number
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
const settleWithinMs = 60_000
const pollMs = 50
const form = { skus: 1, lines: 1 }

interface Placed {
  readonly atMs: number
  readonly id: string
  readonly acceptedMs: number
}

/** @param name - the process to kill. @throws if an accepted order is not settled, or the system is not right at the end. */
export const runOutage = async (system: System, name: string, plan: OutagePlan): Promise<Outage> => {
  await addStock(system, ['bench-0'])
  const shop = await openShop({ orderUrls: system.orderUrls, database: system.database, form })
  try {
    await load(shop, { ...plan, ms: warmUpMs, begun: performance.now() }).finished
    return await watch(shop, system, { name, plan })
  } finally {
    await shop.close()
  }
}

const watch = async (
  shop: Shop,
  system: System,
  { name, plan }: { name: string; plan: OutagePlan },
): Promise<Outage> => {
  const { before, down, after } = plan.seconds
  const begun = performance.now()
  const elapsed = () => performance.now() - begun
  const running = load(shop, { ...plan, ms: (before + down + after) * 1_000, begun })
  const settledAt = new Map<string, number>()
  const poll = async () => {
    const open = running.placed.map(({ id }) => id).filter((id) => !settledAt.has(id))
    for (const id of open.length > 0 ? await shop.settled(open) : []) settledAt.set(id, elapsed())
    return running.placed.length - settledAt.size
  }
  await using restarted = new AsyncDisposableStack()
  const interrupt = async () => {
    await pause(before * 1_000)
    const killedAt = elapsed()
    const child = await killFor(system, name, down * 1_000)
    restarted.defer(() => child.stop())
    return { killedAt, restartedAt: killedAt + down * 1_000 }
  }
  const [{ killedAt, restartedAt }] = await Promise.all([interrupt(), pollUntilDone(poll, running.finished)])
  const wrong = await system.check()
  if (wrong !== null) throw new Error(`After the outage of ${name}: ${wrong}`)
  const settled = [...settledAt.values()]
  const placedBefore = running.placed.filter(({ atMs }) => atMs < restartedAt)
  const settledBefore = placedBefore.map(({ id }) => settledAt.get(id) ?? Number.POSITIVE_INFINITY)
  return {
    accepted: running.placed.length,
    refused: running.refused(),
    acceptedP99: summarize(running.placed.map(({ acceptedMs }) => acceptedMs)).p99,
    settledWhileDown: settled.filter((at) => at >= killedAt && at < restartedAt).length,
    allSettledAfter: (Math.max(restartedAt, ...settledBefore) - restartedAt) / 1_000,
    perSecond: { accepted: bySecond(running.placed.map(({ atMs }) => atMs)), settled: bySecond(settled) },
  }
}

/** Kills the process, and starts it again after that time. Resolves when the system takes orders. */
const killFor = async ({ processes, orderUrls }: System, name: string, ms: number): Promise<Child> => {
  const killed = processes.find((one) => one.name === name)
  if (!killed) throw new Error(`The system has no process ${name}.`)
  await killed.child.kill()
  await pause(ms)
  const child = startChild(killed.child.command)
  for (const url of orderUrls) await untilReady(url, [child])
  return child
}

interface LoadOptions {
  readonly perSecond: number
  readonly ms: number
  readonly begun: number
}

/** Places orders at even intervals, whether or not they are accepted. */
const load = (shop: Shop, { perSecond, ms, begun }: LoadOptions) => {
  const placed: Placed[] = []
  let refused = 0
  const place = async (intended: number): Promise<void> => {
    const answer = await shop.tryToPlace('pm_card_visa').catch(() => null)
    const [, id] = /"id":\s*"([^"]+)"/.exec(answer?.body ?? '') ?? []
    if (answer?.status !== 202 || id === undefined) refused += 1
    else placed.push({ id, atMs: intended - begun, acceptedMs: performance.now() - intended })
  }
  const run = async (): Promise<void> => {
    const requests: Promise<void>[] = []
    for (let number = 0; number < (perSecond * ms) / 1_000; number += 1) {
      const intended = begun + (number * 1_000) / perSecond
      await pause(Math.max(0, intended - performance.now()))
      requests.push(place(intended))
    }
    await Promise.all(requests)
  }
  return { placed, refused: () => refused, finished: run() }
}

/** @throws if an order is still open 60 s after the last one was placed. */
const pollUntilDone = async (poll: () => Promise<number>, finished: Promise<void>): Promise<void> => {
  let finishedAt: number | undefined
  const finishing = finished.then(() => {
    finishedAt = performance.now()
  })
  for (; ; await pause(pollMs)) {
    const open = await poll()
    if (finishedAt === undefined) continue
    if (open === 0) return finishing
    if (performance.now() - finishedAt > settleWithinMs) throw new Error(`${open} accepted orders were not settled.`)
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
