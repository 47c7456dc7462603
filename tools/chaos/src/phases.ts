/**
 * A run: orders arrive and faults are injected, all faults end, every order is settled, orders arrive without faults,
 * and twins are tested.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from '@quadrille/audit'
import { seeded } from '@quadrille/testing'
import { allFaults } from './faults/all.ts'
import type { Fault } from './faults/fault.ts'
import { type InjectedFault, injectFaults } from './inject-faults.ts'
import { serveCustomers, serveInCalm } from './load/customers.ts'
import type { DeliveryCounts } from './load/deliveries.ts'
import { startLoad } from './load/load-driver.ts'
import type { BookedOrder } from './load/order-book.ts'
import type { AnswerCounts } from './load/retrying-client.ts'
import type { ChaosOptions } from './options.ts'
import { type PlannedFault, planOf } from './plan.ts'
import { stopTwins, type TwinRecord } from './twins.ts'
import type { World } from './world/world.ts'

export interface Course {
  readonly startedAt: Date
  /** The number of planned faults. Some come too late, or have no target. */
  readonly planned: number
  readonly injected: readonly InjectedFault[]
  /** When the last fault had ended and the last disturbed customer had arrived, ms after the start. */
  readonly healedMs: number
  readonly orders: readonly BookedOrder[]
  /** The answers to `POST /orders`. */
  readonly answers: readonly Answer[]
  /** The number of all answers, by request and status. */
  readonly answerCounts: AnswerCounts
  /** The number of customers without an answer. */
  readonly unanswered: number
  readonly deliveries: DeliveryCounts
  readonly retries: number
  /** The deliveries of the twins of stopped instances, after all faults. */
  readonly twins: readonly TwinRecord[]
}

export interface Surroundings {
  readonly say: (line: string) => void
  /** Ends the run early, after active faults have been ended. */
  readonly signal: AbortSignal
}

/** How soon after the last fault every order must be settled, ms. */
export const settledWithinMs = 60_000

const lookEveryMs = 100

/** How long before the end the last order arrives that can only expire, ms. */
const expiringBeforeEndMs = 20_000

export const runCourse = async (
  world: World,
  options: ChaosOptions,
  { say, signal }: Surroundings,
): Promise<Course> => {
  const { minutes, seed, rate } = options
  const endMs = minutes * 60_000
  const random = seeded(seed)
  const startedAt = new Date()
  const startedMs = performance.now()
  const now = () => performance.now() - startedMs
  const plan = planOf(chosen(allFaults(world, random), options), random, {
    forMs: endMs,
    everyMs: options.every * 1_000,
  })
  const driver = await startLoad(world, { random: seeded(seed + 1), now, signal })
  const untilSettled = async () => {
    const begunMs = now()
    while (driver.book.open() > 0 && now() < begunMs + settledWithinMs) await pause(lookEveryMs, undefined, { signal })
  }
  try {
    const customers = serveCustomers({
      ...driver,
      perSecond: rate,
      untilMs: endMs,
      expiringUntilMs: Math.max(endMs / 2, endMs - expiringBeforeEndMs),
    })
    customers.catch(() => undefined) // it is awaited after all faults
    const onInject = (planned: PlannedFault) => say(lineOf(planned, now()))
    const injected = await injectFaults(plan, { now, endMs, signal, onInject })
    await pause(Math.max(0, endMs - now()), undefined, { signal })
    const healedMs = now()
    say(`${seconds(healedMs)}  all faults have ended; ${driver.book.open()} orders are still open`)
    driver.closeWithin(2 * settledWithinMs)
    const disturbed = await customers
    await untilSettled()
    say(`${seconds(now())}  ${driver.book.open()} orders are still open; more orders are placed, without faults`)
    const undisturbed = await serveInCalm(driver)
    await untilSettled()
    const twins = await stopTwins(world, driver, Math.floor(minutes))
    await untilSettled()
    signal.throwIfAborted()
    const { book, answerCounts } = driver
    return {
      startedAt,
      planned: plan.length,
      ...{ injected, healedMs },
      orders: book.orders,
      answers: [...disturbed.answers, ...undisturbed.answers, ...twins.answers],
      unanswered: disturbed.unanswered + undisturbed.unanswered + twins.unanswered,
      twins: twins.records,
      answerCounts,
      deliveries: driver.deliveries(),
      retries: driver.retries(),
    }
  } finally {
    await driver.close()
  }
}

/** @throws if there is no such kind. */
const chosen = (faults: readonly Fault[], { only }: ChaosOptions): readonly Fault[] => {
  const wanted = faults.filter(({ kind }) => kind.toLowerCase().includes(only.toLowerCase()))
  if (wanted.length > 0) return wanted
  const kinds = [...new Set(faults.map(({ kind }) => kind))].toSorted()
  throw new Error(`No kind of fault contains "${only}" in its name. The kinds are: ${kinds.join(', ')}.`)
}

const lineOf = ({ fault: { kind, target }, lastsMs }: PlannedFault, ms: number): string =>
  `${seconds(ms)}  ${kind}: ${target}${lastsMs > 0 ? `, for ${(lastsMs / 1_000).toFixed(1)} s` : ''}`

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1).padStart(7)} s`
