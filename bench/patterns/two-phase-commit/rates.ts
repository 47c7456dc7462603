/** Measures rates, latencies, costs, and the locks of stock, of each variant in turns. */

import { type Measuring, measure } from '../../src/measure/measure.ts'
import { loads } from '../../src/plan/loads.ts'
import { spreadOf } from '../../src/results/statistics.ts'
import { putUnderLoad } from '../../src/session.ts'
import type { Context } from '../comparison.ts'
import { averageLocked, watchLocks } from './row-locks.ts'
import { embedded, overRabbitMq, postgresOf, twoPhaseCommit, type Variant } from './variants.ts'

/** The medians of the rounds. */
export interface Rates {
  readonly variant: Variant
  /** Orders per second with 200 in flight, of 1,000 SKUs. */
  readonly manySkus: number
  /** The same with one SKU. */
  readonly oneSku: number
  /** Of 50 orders per second, from the intended start until settled, ms. */
  readonly p50: number
  readonly p99: number
  /** With 200 orders in flight, ms an order. Null without /proc. */
  readonly cpu: { readonly services: number; readonly postgres: number; readonly broker: number } | null
  /** Without full-page images, kB an order. */
  readonly wal: number
  /** How long a row of stock is locked for an order, ms, at 50 orders per second of one SKU. */
  readonly lockedMs: number
}

const perSecond = 50
const lockSampleMs = 1

export const measureRates = async ({ servers, quick, log }: Context): Promise<Rates[]> => {
  const variants = quick ? [twoPhaseCommit] : [twoPhaseCommit, embedded, overRabbitMq]
  const rounds = quick ? [variants] : [variants, variants.toReversed()]
  const measured: Rates[] = []
  for (const round of rounds)
    for (const variant of round) {
      log(`  rates: ${variant.title}`)
      measured.push(await measureOnce(variant, { servers, ms: quick ? 500 : 5_000, warmUpMs: quick ? 0 : 3_000 }))
    }
  return variants.map((variant) => mediansOf(measured.filter((one) => one.variant === variant)))
}

interface OnceOptions extends Pick<Context, 'servers'> {
  readonly ms: number
  readonly warmUpMs: number
}

/** @throws if an order is not settled, or the check of the system fails. */
const measureOnce = async (variant: Variant, { servers, ...durations }: OnceOptions): Promise<Rates> => {
  await using running = new AsyncDisposableStack()
  const system = await variant.start({ servers, instances: 1, recoverAfterMs: 60_000 })
  running.defer(() => system.stop())
  const postgres = await postgresOf(servers)
  const under = (skus: number, warmUpMs: number) =>
    putUnderLoad(
      { system, postgres },
      { servers, durations: { ...durations, warmUpMs }, form: { skus, lines: 1 } },
      running,
    )
  const many = await under(1_000, durations.warmUpMs)
  const one = await under(1, 0)
  const closed = await measure(loads.closed, many)
  const hot = await measure(loads.closed, one)
  const open = await measure(loads['50/s'], many)
  const lockedMs = await measureLocks(variant, one)
  const wrong = await system.check()
  if (wrong !== null) throw new Error(`${variant.title}: ${wrong}`)
  const { rate = Number.NaN, cpuServices, cpuPostgres = 0, cpuBroker = 0, walWithoutImages = Number.NaN } = closed
  return {
    variant,
    manySkus: rate,
    oneSku: hot.rate ?? Number.NaN,
    wal: walWithoutImages,
    lockedMs,
    p50: open.settledP50 ?? Number.NaN,
    p99: open.settledP99 ?? Number.NaN,
    cpu: cpuServices === undefined ? null : { services: cpuServices, postgres: cpuPostgres, broker: cpuBroker },
  }
}

/** In a load of its own, because the watching costs CPU. */
const measureLocks = async ({ stock }: Variant, { load, postgres, durations }: Measuring): Promise<number> => {
  const begin = async () => {
    const watching = await watchLocks(postgres.urlOf(stock.database), { table: stock.table, everyMs: lockSampleMs })
    return {
      end: async () => {
        await watching[Symbol.asyncDispose]()
        return watching.seen()
      },
    }
  }
  const { readings, measured } = await load.run({ kind: 'open', perSecond, ms: durations.ms }, begin)
  return (averageLocked(readings.samples) * measured.ms) / measured.orders
}

const mediansOf = (rounds: readonly Rates[]): Rates => {
  const [first] = rounds
  if (!first) throw new Error('There is no round.')
  const median = (read: (rates: Rates) => number) => spreadOf(rounds.map(read)).median
  return {
    variant: first.variant,
    manySkus: median(({ manySkus }) => manySkus),
    oneSku: median(({ oneSku }) => oneSku),
    p50: median(({ p50 }) => p50),
    p99: median(({ p99 }) => p99),
    cpu: first.cpu && {
      services: median(({ cpu }) => cpu?.services ?? 0),
      postgres: median(({ cpu }) => cpu?.postgres ?? 0),
      broker: median(({ cpu }) => cpu?.broker ?? 0),
    },
    wal: median(({ wal }) => wal),
    lockedMs: median(({ lockedMs }) => lockedMs),
  }
}
