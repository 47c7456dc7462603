/** Measures rates, latencies, costs, and the locks of stock, of each variant in turns. */

import { type Measuring, measure } from '../../src/measure/measure.ts'
import { loads } from '../../src/plan/loads.ts'
import { putUnderLoad } from '../../src/session.ts'
import type { Context } from '../comparison.ts'
import { mediansOf } from '../medians.ts'
import { averageLocked, watchLocks } from './row-locks.ts'
import { embedded, overRabbitMq, postgresOf, twoPhaseCommit, type Variant } from './variants.ts'

/** NaN for a figure that is unknown, such as CPU without /proc. */
type Figures = {
  /** Orders per second with 200 in flight, of 1,000 SKUs. */
  readonly manySkus: number
  /** The same with one SKU. */
  readonly oneSku: number
  /** Of 50 orders per second, from the intended start until settled, ms. */
  readonly p50: number
  readonly p99: number
  /** With 200 orders in flight, ms an order. */
  readonly cpuServices: number
  readonly cpuPostgres: number
  readonly cpuBroker: number
  /** Without full-page images, kB an order. */
  readonly wal: number
  /** How long a row of stock is locked for an order, ms, at 50 orders per second of one SKU. */
  readonly lockedMs: number
}

/** The medians of the rounds. */
export interface Rates extends Figures {
  readonly variant: Variant
}

const perSecond = 50
const lockSampleMs = 1

export const measureRates = async ({ servers, quick, log }: Context): Promise<Rates[]> => {
  const variants = quick ? [twoPhaseCommit] : [twoPhaseCommit, embedded, overRabbitMq]
  const rounds = quick ? [variants] : [variants, variants.toReversed()]
  const measured = new Map(variants.map((variant) => [variant, [] as Figures[]]))
  for (const variant of rounds.flat()) {
    log(`  rates: ${variant.title}`)
    const figures = await measureOnce(variant, { servers, ms: quick ? 500 : 5_000, warmUpMs: quick ? 0 : 3_000 })
    measured.get(variant)?.push(figures)
  }
  return [...measured].map(([variant, figures]) => ({ variant, ...mediansOf(figures) }))
}

interface OnceOptions extends Pick<Context, 'servers'> {
  readonly ms: number
  readonly warmUpMs: number
}

/** @throws if an order is not settled, or the check of the system fails. */
const measureOnce = async (variant: Variant, { servers, ...durations }: OnceOptions): Promise<Figures> => {
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
  return {
    manySkus: closed.rate ?? Number.NaN,
    oneSku: hot.rate ?? Number.NaN,
    p50: open.settledP50 ?? Number.NaN,
    p99: open.settledP99 ?? Number.NaN,
    cpuServices: closed.cpuServices ?? Number.NaN,
    cpuPostgres: closed.cpuPostgres ?? Number.NaN,
    cpuBroker: closed.cpuBroker ?? 0,
    wal: closed.walWithoutImages ?? Number.NaN,
    lockedMs,
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
