/** A history while it is running. */
import type { Message } from '@quadrille/events'
import type { Random } from '@quadrille/testing'
import type { Bag, Delivery } from './bag.ts'
import type { Plan } from './plan.ts'
import type { World } from './world.ts'

export interface Performance<Played extends World = World> {
  readonly random: Random
  readonly plan: Plan
  readonly bag: Bag
  readonly world: Played
  /** Every published message, by its id. */
  readonly said: Map<string, Message>
  /** Every delivery to a service's reactions, once. */
  readonly delivered: Map<string, Delivery>
  /** Messages that were published since the last reading, also repeated ones. */
  readonly heard: Message[]
  /** Errors of tasks that were not awaited. */
  readonly faults: unknown[]
}

/** The clock of every history is fixed, because nothing may depend on the time. */
export const now = new Date('2026-01-01T12:00:00.000Z')
