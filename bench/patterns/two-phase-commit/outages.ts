/** Puts the systems under load while a part of them is away. */
import { setTimeout as pause } from 'node:timers/promises'
import { skusOf } from '../../src/load/order-body.ts'
import { withSession } from '../../src/systems/postgres.ts'
import { untilReady } from '../../src/systems/ready.ts'
import { addStock } from '../../src/systems/system.ts'
import type { Context } from '../comparison.ts'
import { type Outage, type OutagePlan, runOutage, warmUp } from '../outage/outage.ts'
import { coordinatorKilled, databaseAway, type Fault, type Faulty, orderServiceKilled } from './faults.ts'
import { type LockedRows, watchLocks } from './row-locks.ts'
import { embedded, overRabbitMq, postgresOf, twoPhaseCommit, type Variant } from './variants.ts'

export interface FaultyOutage extends Outage {
  readonly variant: Variant
  readonly fault: FaultName
  readonly skus: number
  readonly locks: LockedRows
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
export const measureOutages = async ({ servers, quick, log }: Context): Promise<FaultyOutage[]> => {
  const outages: FaultyOutage[] = []
  const ms = quick ? { before: 500, away: 1_500, after: 2_000 } : { before: 2_000, away: 5_000, after: 4_000 }
  const form = { skus: 100, lines: 1 }
  for (const variant of [twoPhaseCommit, quick ? embedded : overRabbitMq]) {
    await using stopping = new AsyncDisposableStack()
    const system = await variant.start({ servers, instances: 2, recoverAfterMs })
    stopping.defer(() => system.stop())
    await addStock(system, skusOf(form))
    await warmUp(system, form, quick ? 300 : 3_000)
    const { database, orderUrls } = system
    const faulty = { database, stopping, postgres: await postgresOf(servers), processes: [...system.processes] }
    for (const planned of faultsOf(variant, quick)) {
      log(`  ${variant.title}: ${planned.name}, ${planned.skus} SKUs`)
      outages.push(await measureOutage({ variant, planned, faulty, orderUrls, ms }))
    }
    const wrong = await system.check()
    if (wrong !== null) throw new Error(`${variant.title}, after the faults: ${wrong}`)
  }
  return outages
}

interface OutageOptions {
  readonly variant: Variant
  readonly planned: Planned
  readonly faulty: Faulty
  readonly orderUrls: readonly string[]
  readonly ms: OutagePlan['ms']
}

const measureOutage = async ({ variant, planned, faulty, orderUrls, ms }: OutageOptions): Promise<FaultyOutage> => {
  const { database, postgres } = faulty
  const { name, fault, skus } = planned
  const { stock } = variant
  const children = faulty.processes.map(({ child }) => child)
  for (const url of orderUrls) await untilReady(url, children)
  await using watching = await watchLocks(postgres.urlOf(stock.database), { table: stock.table, everyMs: lockSampleMs })
  const plan = { form: { skus, lines: 1 }, perSecond, ms }
  const outage = await runOutage({ orderUrls, database }, plan, () => fault(faulty))
  await untilCalm(faulty)
  return { ...outage, variant, fault: name, skus, locks: watching.seen() }
}

const calmWithinMs = 60_000

/**
 * Waits also for the orders whose customers got no answer.
 * @throws if transactions stay prepared, or orders are not settled in time
 */
const untilCalm = ({ database, postgres: { session } }: Faulty): Promise<void> =>
  withSession(database, async (ofOrders) => {
    for (const begun = performance.now(); ; await pause(50)) {
      const { rows: prepared } = await session.query('select 1 from pg_prepared_xacts')
      const { rows: open } = await ofOrders.query('select 1 from customer_order where not settled')
      if (prepared.length + open.length === 0) return
      if (performance.now() - begun > calmWithinMs)
        throw new Error(
          `${prepared.length} transactions are still prepared, and ${open.length} orders are not settled.`,
        )
    }
  })
