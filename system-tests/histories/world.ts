/** Where a history is played: in memory, or on Postgres. */
import type { Draft, Message, ServiceName } from '@quadrille/events'
import type { Random } from '@quadrille/testing'
import type { Bag } from './bag.ts'
import type { Plan } from './plan.ts'

export interface World {
  /**
   * Lets a service's reactions handle messages, in one batch. Resolves to all that they say because of them.
   * @throws what a reaction throws: in a history none has a reason to.
   */
  apply(service: ServiceName, messages: readonly Message[]): Promise<readonly Message[]>
  /** Does one of payment's tasks. @throws {OutcomeUnknown} where it is to be done again. */
  work(task: Message, attempt: number): Promise<Draft | null>
  /** Waits for a task that has begun, as long as this world waits: others may do something meanwhile. */
  pace(begun: Promise<void>): Promise<void>
  /** Resolves when no task goes on by itself any more. */
  idle(): Promise<void>
  /** The last round of a refund that was refused for good and is nobody's business yet; otherwise undefined. */
  refusedRound(orderId: string): Promise<number | undefined>
}

export interface Surroundings {
  readonly plan: Plan
  readonly random: Random
  readonly bag: Bag
}
