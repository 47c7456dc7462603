/** The course of a run up to its end: orders come and faults happen, all is healed, and every order is settled. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from '@quadrille/audit'
import { seeded, stockForMix } from '@quadrille/testing'
import { allFaults } from './faults/all.ts'
import { serveCustomers } from './load/customers.ts'
import type { AnswerCounts } from './load/insistent-shop.ts'
import { openOffice } from './load/office.ts'
import type { BookedOrder } from './load/order-book.ts'
import type { ChaosOptions } from './options.ts'
import { type PlannedFault, planOf } from './plan.ts'
import { type Strike, strikeAll } from './strike.ts'
import type { World } from './world/world.ts'

export interface Course {
  readonly strikes: readonly Strike[]
  readonly orders: readonly BookedOrder[]
  /** What customers were answered to `POST /orders`. */
  readonly answers: readonly Answer[]
  /** What anybody was answered to anything. */
  readonly answerCounts: AnswerCounts
  readonly retries: number
  /** From when all was healed until every order was settled, or the time for that was over, ms. */
  readonly settlingMs: number
}

export interface Surroundings {
  readonly say: (line: string) => void
  /** Ends the run early, after what goes on has been healed. */
  readonly signal: AbortSignal
}

/** How soon after healing every order must be settled, ms. */
export const settledWithinMs = 60_000

/** How long before the end the last order comes that can only expire, ms. */
const expiringBeforeEndMs = 20_000

/** @throws where somebody is still not answered a minute after all is healed. */
export const runCourse = async (
  world: World,
  options: ChaosOptions,
  { say, signal }: Surroundings,
): Promise<Course> => {
  const { minutes, seed, rate } = options
  const endMs = minutes * 60_000
  const random = seeded(seed)
  const startedAt = performance.now()
  const now = () => performance.now() - startedAt
  const office = openOffice(world, { random: seeded(seed + 1), now, signal })
  try {
    await office.shop.stockUp(stockForMix)
    const onStrike = (planned: PlannedFault) => say(lineOf(planned, now()))
    const faults = allFaults(world, random).filter(({ kind }) => kind.includes(options.only))
    const plan = planOf(faults, random, { forMs: endMs, everyMs: options.every * 1_000 })
    const customers = serveCustomers({
      ...office,
      perSecond: rate,
      untilMs: endMs,
      expiringUntilMs: Math.max(endMs / 2, endMs - expiringBeforeEndMs),
    })
    customers.catch(() => undefined) // it is awaited when all is healed
    const strikes = await strikeAll(plan, { now, endMs, signal, onStrike })
    await pause(Math.max(0, endMs - now()), undefined, { signal })
    signal.throwIfAborted()
    const healedMs = now()
    say(`${seconds(healedMs)}  all is healed; ${office.book.open()} orders are not settled yet`)
    office.closeWithin(settledWithinMs)
    const answers = await customers
    while (office.book.open() > 0 && now() < healedMs + settledWithinMs) await pause(100, undefined, { signal })
    const settlingMs = now() - healedMs
    const { book, answerCounts } = office
    return { strikes, orders: book.orders, answers, answerCounts, retries: office.retries(), settlingMs }
  } finally {
    await office.close()
  }
}

const lineOf = ({ fault: { kind, target }, lastsMs }: PlannedFault, ms: number): string =>
  `${seconds(ms)}  ${kind}: ${target}${lastsMs > 0 ? `, for ${(lastsMs / 1_000).toFixed(1)} s` : ''}`

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1).padStart(7)} s`
