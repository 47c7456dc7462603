/** Puts the systems under load while a part of them is away. */
import { setTimeout as pause } from 'node:timers/promises'
import { runLoad } from '../../src/load/load.ts'
import { skusOf } from '../../src/load/order-body.ts'
import { openShop, type Shop } from '../../src/load/shop.ts'
import { untilReady } from '../../src/systems/ready.ts'
import { addStock, type System } from '../../src/systems/system.ts'
import type { Context } from '../comparison.ts'
import { type OfferedOrder, offerOrders } from '../outage/offered-orders.ts'
import { coordinatorKilled, databaseAway, type Fault, type Faulty, orderServiceKilled } from './faults.ts'
import { type LockedRows, watchLocks } from './row-locks.ts'
import { embedded, overRabbitMq, postgresOf, twoPhaseCommit, type Variant } from './variants.ts'

export interface Outage {
  readonly variant: Variant
  readonly fault: FaultName
  readonly skus: number
  readonly orders: readonly OfferedOrder[]
  readonly locks: LockedRows
  /** The first order, the fault, and its end, as times of `performance.now()`. */
  readonly begunAt: number
  readonly awayAt: number
  readonly backAt: number
}

/** `killed`: one of two coordinators, or of two instances of the order service. `all killed`: both. `database`: that of payment. */
export type FaultName = 'killed' | 'all killed' | 'database'

interface Planned {
  readonly name: FaultName
  readonly fault: Fault
  readonly skus: number
}

const faultsOf = (variant: Variant, quick: boolean): Planned[] => {
  const database = { name: 'database', fault: databaseAway(variant.paymentDatabase), skus: 100 } as const
  if (variant === embedded) return [database]
  const killed = variant === twoPhaseCommit ? coordinatorKilled : orderServiceKilled
  const one = { name: 'killed', fault: killed('one') } as const
  if (quick) return [{ ...one, skus: 1 }, database]
  return [{ ...one, skus: 1 }, { ...one, skus: 100 }, { name: 'all killed', fault: killed('all'), skus: 1 }, database]
}

const perSecond = 50
/** Shorter than the fault, so that the other coordinator recovers orders before the killed one is back. */
const recoverAfterMs = 2_000
const lockSampleMs = 10

/** Two instances of each variant. @throws if money, stock and orders do not add up afterwards. */
export const measureOutages = async ({ servers, quick, log }: Context): Promise<Outage[]> => {
  const outages: Outage[] = []
  const times = quick
    ? { warmUpMs: 300, beforeMs: 500, awayMs: 1_500, afterMs: 2_000 }
    : { warmUpMs: 3_000, beforeMs: 2_000, awayMs: 5_000, afterMs: 4_000 }
  for (const variant of [twoPhaseCommit, quick ? embedded : overRabbitMq]) {
    await using stopping = new AsyncDisposableStack()
    const system = await variant.start({ servers, instances: 2, recoverAfterMs })
    stopping.defer(() => system.stop())
    await addStock(system, skusOf({ skus: 100, lines: 1 }))
    await warmUp(system, times.warmUpMs)
    const { database, orderUrls } = system
    const faulty = { database, stopping, postgres: await postgresOf(servers), processes: [...system.processes] }
    for (const planned of faultsOf(variant, quick)) {
      log(`  ${variant.title}: ${planned.name}, ${planned.skus} SKUs`)
      outages.push(await runOutage({ variant, planned, faulty, orderUrls, times }))
    }
    const wrong = await system.check()
    if (wrong !== null) throw new Error(`${variant.title}, after the faults: ${wrong}`)
  }
  return outages
}

const warmUp = async ({ orderUrls, database }: System, ms: number): Promise<void> => {
  await using running = new AsyncDisposableStack()
  const shop = await openShop({ orderUrls, database, form: { skus: 100, lines: 1 } })
  running.defer(() => shop.close())
  await runLoad(shop, { kind: 'closed', inFlight: 50, ms }, { begin: async () => undefined, end: () => undefined })
}

interface OutageOptions {
  readonly variant: Variant
  readonly planned: Planned
  readonly faulty: Faulty
  readonly orderUrls: readonly string[]
  readonly times: { readonly beforeMs: number; readonly awayMs: number; readonly afterMs: number }
}

const runOutage = async ({ variant, planned, faulty, orderUrls, times }: OutageOptions): Promise<Outage> => {
  const { database, postgres } = faulty
  const { name, fault, skus } = planned
  const { stock } = variant
  const form = { skus, lines: 1 }
  for (const url of orderUrls)
    await untilReady(
      url,
      faulty.processes.map(({ child }) => child),
    )
  await using running = new AsyncDisposableStack()
  const shop = await openShop({ orderUrls, database, form })
  running.defer(() => shop.close())
  const watching = await watchLocks(postgres.urlOf(stock.database), { table: stock.table, everyMs: lockSampleMs })
  running.use(watching)
  const begunAt = performance.now()
  const ms = times.beforeMs + times.awayMs + times.afterMs
  const offering = offerOrders(shop, { orderUrls, form, perSecond, ms })
  offering.catch(() => undefined) // awaited below
  await pause(times.beforeMs)
  const end = await fault(faulty)
  const awayAt = performance.now()
  await pause(times.awayMs)
  await end()
  const backAt = performance.now()
  const orders = await offering
  await untilCalm(shop, faulty)
  return { variant, fault: name, skus, orders, locks: watching.seen(), begunAt, awayAt, backAt }
}

const calmWithinMs = 60_000

/**
 * Waits also for the orders whose customers got no answer.
 * @throws if transactions stay prepared, or orders are not settled in time
 */
const untilCalm = async (shop: Shop, { postgres: { session } }: Faulty): Promise<void> => {
  for (const begun = performance.now(); ; await pause(50)) {
    const { rows: prepared } = await session.query('select 1 from pg_prepared_xacts')
    const { open } = await shop.count()
    if (prepared.length + open === 0) return
    if (performance.now() - begun > calmWithinMs)
      throw new Error(`${prepared.length} transactions are still prepared, and ${open} orders are not settled.`)
  }
}
