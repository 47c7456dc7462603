/** Measures the throughput while another session locks the rows of some orders in each service's database. */
import { setTimeout as pause } from 'node:timers/promises'
import type { BoundService } from '@quadrille/local/bound-service'
import { definitions } from '@quadrille/local/definitions'
import { Client } from 'pg'
import type { Measured } from '../load/load.ts'
import type { Shop } from '../load/shop.ts'
import type { PostgresServer } from '../systems/postgres.ts'
import type { Mode } from '../systems/product.ts'
import { measuredServices } from '../systems/services.ts'
import { databaseOf } from '../systems/system.ts'
import { openProduct } from './product-under-load.ts'
import { measureInFlight, rateOf, ratiosLine } from './rates.ts'

export interface LockedOptions {
  readonly mode: Mode
  /** The duration of each load, ms. */
  readonly ms: number
}

const rounds = 3
const lockedOrders = 16
/** A slow charge takes two seconds. By then each locked order has an event that waits. */
const untilChargedMs = 2_500

/** Alternates on one system, so that other load on the machine affects both alike. */
export const compareLocked = async ({ mode, ms }: LockedOptions): Promise<void> => {
  const say = (line: string) => console.log(`${mode}: ${line}`)
  await using product = await openProduct({ mode })
  const { shop, postgres } = product
  const ratios: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const free = await measureInFlight(shop, ms)
    await using locks = await lockOrders(postgres, shop)
    const locked = await measureInFlight(shop, ms, () => void locks.disposeAsync())
    ratios.push(rateOf(locked) / rateOf(free))
    say(
      `${Math.round(rateOf(free))} orders/s settled, ${Math.round(rateOf(locked))}/s while the rows of ${lockedOrders} orders ` +
        `are locked (longest POST to 202: ${longest(free)} ms, then ${longest(locked)} ms)`,
    )
  }
  say(`throughput with locked orders, relative to the throughput without: ${ratiosLine(ratios)}`)
}

const longest = ({ acceptedMs }: Measured): number => Math.round(Math.max(0, ...acceptedMs))

/** Places orders with a charge of two seconds, and locks their rows once each service has them. Disposing it unlocks them. */
const lockOrders = async (postgres: PostgresServer, shop: Shop): Promise<AsyncDisposableStack> => {
  const replies = await Promise.all(Array.from({ length: lockedOrders }, () => shop.tryToPlace('pm_sim_slow')))
  const ids = replies.map(({ body }) => (JSON.parse(body) as { id: string }).id)
  const sessions = await Promise.all(
    measuredServices.map((service) => lockRows(postgres.urlOf(databaseOf(service)), definitions[service].ownRows, ids)),
  )
  const locks = new AsyncDisposableStack()
  for (const session of sessions) locks.defer(() => session.end())
  await pause(untilChargedMs)
  return locks
}

const lockRows = async (url: string, locked: BoundService['ownRows'], ids: readonly string[]): Promise<Client> => {
  const session = new Client({ connectionString: url })
  await session.connect()
  await session.query('begin')
  for (const { table, column } of locked) {
    const lock = `select 1 from ${table} where ${column} = any($1::uuid[]) for update`
    while (((await session.query(lock, [ids])).rowCount ?? 0) < ids.length) await pause(20)
  }
  return session
}
