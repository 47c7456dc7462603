/** A history while it is played. */
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
  /** Every message that any service has said, by its id. */
  readonly said: Map<string, Message>
  /** Every delivery to a service's reactions, once. */
  readonly delivered: Map<string, Delivery>
  /** What was said again under the same id, or said for the first time, since somebody last looked. */
  readonly heard: Message[]
  /** What went wrong in tasks that nobody waited for. */
  readonly faults: unknown[]
}

/** The clock of every history stands still: nothing may depend on when things happen. */
export const now = new Date('2026-01-01T12:00:00.000Z')
