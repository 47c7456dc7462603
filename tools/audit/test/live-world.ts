/** A running system: the databases of a clean world, which a test alters, and the audit of it. */
import type { ServiceName } from '@quadrille/events'
import { openDatabase } from '@quadrille/postgres'
import { beforeEach, inject, onTestFinished } from 'vitest'
import type { LiveSources } from '../src/audit-live.ts'
import { auditLive, type Queues, type Report } from '../src/index.ts'
import type { NoAnswer, QueueDepth } from '../src/queue-depths.ts'
import { type CleanWorld, openCleanWorld } from './clean-world.ts'

/** Opens a world for each test of the file. */
export const liveWorld = () => {
  let world: CleanWorld
  beforeEach(async () => {
    world = await openCleanWorld(inject('postgresUrl'))
    return () => world[Symbol.asyncDispose]()
  })

  /** Commits a statement; $1 is the fulfilled order. */
  const alter = async (service: ServiceName, statement: string): Promise<void> => {
    const database = openDatabase({
      url: world.urls[service],
      applicationName: 'test',
      max: 1,
      onIdleError: () => undefined,
    })
    onTestFinished(() => database.end())
    await database.query(statement, statement.includes('$1') ? [world.orderOf('fulfilled')] : [])
  }

  return {
    world: () => world,
    alter,
    /** Without a grace period, unless one is given. */
    audit: (more: Partial<LiveSources> = {}): Promise<Report> =>
      auditLive({ databases: world.urls, ledger: world.ledger, graceMs: 0, ...more }),
    /** Inventory has not handled OrderFulfilled yet. */
    fulfilledJustNow: async () => {
      await alter('inventory', `update reservation set status = 'reserved' where order_id = $1`)
      await alter('inventory', 'update stock set on_hand = on_hand + 2, reserved = 2')
      await alter('order', 'update customer_order set updated_at = now() where id = $1')
    },
  }
}

export const queues = (depths: Readonly<Record<string, QueueDepth | NoAnswer>>) => async (): Promise<Queues> =>
  new Map(Object.entries(depths))

export const detailsOf = ({ findings }: Report): string[] =>
  findings.flatMap(({ violations }) => violations.map(({ detail }) => detail))
