/** The state of a running history. */
import type { Message } from '@quadrille/events'
import type { Random } from '@quadrille/testing'
import type { Plan } from './plan.ts'
import type { Delivery, Pool } from './pool.ts'
import type { World } from './world.ts'

export interface HistoryRun<TestWorld extends World = World> {
  readonly random: Random
  readonly plan: Plan
  readonly pool: Pool
  readonly world: TestWorld
  /** Every published message, by its id. */
  readonly published: Map<string, Message>
  /** Every different delivery to a service's reactions. */
  readonly delivered: Map<string, Delivery>
  /** The messages published since the start, or since the start of the replay, including repeated ones. */
  readonly recentlyPublished: Message[]
  /** The errors of tasks that run concurrently. */
  readonly taskErrors: unknown[]
}

/** The fixed clock of every history: no result may depend on the time. */
export const now = new Date('2026-01-01T12:00:00.000Z')
