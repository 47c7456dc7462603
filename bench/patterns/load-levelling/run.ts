/** A burst of orders, and a loop that scales payment by its hint. */
import { setTimeout as pause } from 'node:timers/promises'
import { offer } from '../../src/overload/offer.ts'
import type { Servers } from '../../src/systems/servers.ts'
import { decide, type Hint, type ScalingRules } from './decide.ts'
import { readHint } from './hint.ts'
import { type ScalableShop, startShop } from './shop.ts'

export interface BurstOptions {
  readonly servers: Servers
  readonly orders: number
  /** Called with a line for the user, once a second. */
  readonly log: (line: string) => void
}

/** The state at one moment. */
export interface Sample {
  /** Since the burst began, s. */
  readonly second: number
  /** Messages that wait in payment's inbox and in its work queue. Null if it is unknown. */
  readonly depth: number | null
  /** See readHint. */
  readonly wanted: number | null
  /** The payment instances that run or start. */
  readonly instances: number
  /** Those, and the ones that are stopping. */
  readonly processes: number
  /** Settled orders so far. */
  readonly settled: number
}

/** A run, after all orders were settled and payment was back at one instance. */
export interface Burst {
  readonly samples: readonly Sample[]
  /** When the last order had its response, s. */
  readonly placedAfter: number
  readonly accepted: number
  /** The number of other responses, by status or error. */
  readonly refused: Readonly<Record<string, number>>
  /** By the ledger of the gateway. */
  readonly captures: number
  /** The number of payments whose charge did not take exactly one attempt. */
  readonly attemptedAgain: number
  /** Of the payment instances that the loop has stopped. See Instances. */
  readonly exitCodes: readonly (number | null)[]
  /** Null if every order is fulfilled and all books agree. Otherwise one line. */
  readonly wrong: string | null
}

/** The gateway answers after half a second. */
const method = 'pm_sim_half_second'

/** Shorter than in production, so that a run lasts minutes. */
export const rules: ScalingRules = { max: 8, upAfterMs: 5_000, downAfterMs: 10_000 }

const withinMs = 360_000

/** @throws if it takes longer than 6 minutes, or a process exits by itself. */
export const runBurst = async ({ servers, orders, log }: BurstOptions): Promise<Burst> => {
  await using shop = await startShop(servers)
  const begun = performance.now()
  let isPlacing = true
  const placing = offer(shop.customers, { orders, perSecond: Number.POSITIVE_INFINITY, method }).then((responses) => {
    isPlacing = false
    return { responses, placedAfter: (performance.now() - begun) / 1_000 }
  })
  const samples = await scaleUntilSettled(shop, { begun, isPlacing: () => isPlacing, log })
  const { responses, placedAfter } = await placing
  await shop.payment.ended()
  const { accepted, rejected, other } = responses
  const refused = Object.fromEntries([...other, ...(rejected > 0 ? [['429 or 503', rejected] as const] : [])])
  return {
    samples,
    placedAfter,
    accepted,
    refused,
    exitCodes: [...shop.payment.exitCodes],
    captures: await shop.captures(),
    attemptedAgain: await shop.attemptedAgain(),
    wrong: await shop.check(),
  }
}

interface Loop extends Pick<BurstOptions, 'log'> {
  /** On a monotonic clock, ms. */
  readonly begun: number
  readonly isPlacing: () => boolean
}

const scaleUntilSettled = async (shop: ScalableShop, { begun, isPlacing, log }: Loop): Promise<Sample[]> => {
  const { payment } = shop
  const samples: Sample[] = []
  let hints: readonly Hint[] = [{ atMs: begun, wanted: payment.count }]
  for (let second = 0; ; second = Math.max(second + 1, wholeSecondsSince(begun))) {
    const atMs = performance.now()
    const [wanted, depth, { open, fulfilled: settled }] = await Promise.all([
      readHint(payment.urls),
      shop.depth(),
      shop.customers.count(),
    ])
    hints = [...hints, { atMs, wanted: wanted ?? payment.count }].filter(
      (hint) => hint.atMs >= atMs - rules.downAfterMs,
    )
    // those that are stopping count too
    await payment.resize(Math.min(decide(hints, payment.count, rules), rules.max - payment.ending))
    const instances = payment.count
    const sample = {
      second: (atMs - begun) / 1_000,
      depth,
      wanted,
      settled,
      instances,
      processes: instances + payment.ending,
    }
    samples.push(sample)
    log(describe(sample))
    if (!isPlacing() && open === 0 && payment.count === 1) return samples
    const failure = shop.failure()
    if (failure !== null) throw new Error(failure)
    if (atMs - begun > withinMs)
      throw new Error(`${open} orders are open, or several instances run, after ${describe(sample)}.`)
    await pause(Math.max(0, begun + (second + 1) * 1_000 - performance.now()))
  }
}

const wholeSecondsSince = (begun: number): number => Math.floor((performance.now() - begun) / 1_000)

const describe = ({ second, depth, wanted, instances, settled }: Sample): string =>
  `${second.toFixed(1)} s: ${depth ?? '?'} messages wait, ${wanted ?? '?'} instances wanted, ${instances} run, ${settled} orders settled`
