/** The phases of a run: load with faults, recovery, load without faults, and failover. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from '@quadrille/audit'
import { UsageError } from '@quadrille/command-line'
import { seeded } from '@quadrille/testing'
import { type CalmLoad, serveCalmly } from './calm-load.ts'
import { type FailoverRecord, testFailover } from './failover.ts'
import { allFaults } from './faults/all.ts'
import type { Fault } from './faults/fault.ts'
import { type InjectedFault, injectFaults } from './inject-faults.ts'
import { combine, serveCustomers } from './load/customers.ts'
import { startLoad } from './load/load-driver.ts'
import type { TrackedOrder } from './load/order-tracker.ts'
import type { SentReceipts } from './load/receipts.ts'
import { type AnswerCounts, sumOfCounts } from './load/retrying-client.ts'
import { answeredWithinMs, untilSettled } from './load/until-settled.ts'
import type { ChaosOptions } from './options.ts'
import { type PlannedFault, planOf } from './plan.ts'
import { watchStalls } from './stalls.ts'
import type { World } from './world/world.ts'

export interface RunResult {
  readonly startedAt: Date
  /** Some are too late, or have no target. */
  readonly planned: readonly PlannedFault[]
  readonly injected: readonly InjectedFault[]
  readonly stalls: readonly InjectedFault[]
  /** When all faults had ended, and the last customer of this phase had arrived, ms after the start. */
  readonly healedMs: number
  readonly orders: readonly TrackedOrder[]
  /** The answers to `POST /orders`. */
  readonly answers: readonly Answer[]
  /** The number of all answers, by request and status. */
  readonly answerCounts: AnswerCounts
  /** The number of customers who were still waiting for an answer at the end of their phase. */
  readonly stillWaiting: number
  readonly receipts: SentReceipts
  /** The keys of the dispatches that were answered with 200. */
  readonly dispatches: readonly string[]
  /** The load without faults, after all faults. */
  readonly calm: CalmLoad
  /** The deliveries that the other instances handled while one was paused, after all faults. */
  readonly failovers: readonly FailoverRecord[]
}

export interface RunContext {
  readonly print: (line: string) => void
  /** Ends the active faults, and then the run. */
  readonly signal: AbortSignal
}

/** Orders that can only expire are placed until this long before the end, ms. */
const expiringBeforeEndMs = 20_000

export const runPhases = async (
  world: World,
  options: ChaosOptions,
  { print, signal }: RunContext,
): Promise<RunResult> => {
  const { minutes, seed, rate } = options
  const endMs = minutes * 60_000
  const random = seeded(seed)
  const startedAt = new Date()
  const startedMs = performance.now()
  const now = () => performance.now() - startedMs
  using watch = watchStalls(now)
  const plan = planOf(chosen(allFaults(world, random), options), random, {
    forMs: endMs,
    everyMs: options.every * 1_000,
  })
  const driver = await startLoad(world, { random: seeded(seed + 1), now, signal })
  try {
    const group = driver.openGroup()
    const customers = serveCustomers({
      ...group,
      perSecond: rate,
      untilMs: endMs,
      expiringUntilMs: Math.max(endMs / 2, endMs - expiringBeforeEndMs),
    })
    customers.catch(() => undefined) // awaited below, after all faults
    const onInject = (planned: PlannedFault) => print(lineOf(planned, now()))
    const injected = await injectFaults(plan, { now, endMs, signal, onInject })
    await pause(Math.max(0, endMs - now()), undefined, { signal })
    const healedMs = now()
    print(`${seconds(healedMs)}  all faults have ended; ${driver.tracker.openCount()} orders are still open`)
    const disturbed = await group.within(answeredWithinMs, customers)
    await untilSettled(driver)
    print(
      `${seconds(now())}  ${driver.tracker.openCount()} orders are still open; more orders are placed, without faults`,
    )
    const calm = await serveCalmly(world, driver)
    const failovers = await testFailover(world, driver, { services: Math.floor(minutes) })
    await untilSettled(driver)
    signal.throwIfAborted()
    const { tracker, answerCounts } = driver
    return {
      startedAt,
      planned: plan,
      injected,
      stalls: watch.stalls,
      healedMs,
      orders: tracker.orders,
      ...combine([disturbed, calm.served, failovers.served]),
      failovers: failovers.records,
      answerCounts: sumOfCounts([answerCounts, calm.answerCounts, failovers.answerCounts]),
      calm,
      receipts: driver.receipts(),
      dispatches: driver.dispatches(),
    }
  } finally {
    await driver.close()
  }
}

/** @throws {UsageError} if there is no such kind. The kinds depend on the nodes, so they are known only now. */
const chosen = (faults: readonly Fault[], { only }: ChaosOptions): readonly Fault[] => {
  const wanted = faults.filter(({ kind }) => kind.toLowerCase().includes(only.toLowerCase()))
  if (wanted.length > 0) return wanted
  const kinds = [...new Set(faults.map(({ kind }) => kind))].toSorted()
  throw new UsageError(`No kind of fault contains "${only}" in its name. The kinds are: ${kinds.join(', ')}.`)
}

const lineOf = ({ fault: { kind, target }, lastsMs }: PlannedFault, ms: number): string =>
  `${seconds(ms)}  ${kind}: ${target}${lastsMs > 0 ? `, for ${(lastsMs / 1_000).toFixed(1)} s` : ''}`

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1).padStart(7)} s`
