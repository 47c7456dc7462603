/** A running system: the databases of a clean world, which a test alters, and the audit of it. */
import type { ServiceName } from '@quadrille/events'
import { beforeAll, beforeEach, inject, vi } from 'vitest'
import type { LiveSources } from '../src/audit-live.ts'
import { auditLive, type Queues, type Report } from '../src/index.ts'
import type { NoAnswer, QueueDepth } from '../src/queue-depths.ts'
import { type CleanWorld, openCleanWorld } from './clean-world.ts'

/** Opens a world for the file, which is as new for each test. In it an audit waits no real time, but the clock shows that it has waited. */
export const liveWorld = () => {
  let world: CleanWorld
  let nowMs = 0
  let shiftedMs = 0
  beforeAll(async () => {
    world = await openCleanWorld(inject('postgresUrl'))
    return () => world[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    await world.reset()
    nowMs = performance.now()
    shiftedMs = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs + shiftedMs)
    return () => clock.mockRestore()
  })
  const pause = async (ms: number) => {
    nowMs += ms
  }

  /** Commits a statement; $1 is the fulfilled order. */
  const alter = async (service: ServiceName, statement: string): Promise<void> => {
    await world.databases[service].query(statement, statement.includes('$1') ? [world.orderOf('fulfilled')] : [])
  }

  return {
    world: () => world,
    /** Sets the clock this far ahead, ms. */
    shiftClock: (ms: number) => {
      shiftedMs = ms
    },
    alter,
    /** Without a grace period, unless one is given. */
    audit: (more: Partial<LiveSources> = {}): Promise<Report> =>
      auditLive({ databases: world.urls, ledger: world.ledger, graceMs: 0, pause, ...more }),
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
