/** The place of a history: in memory, or on Postgres. */
import type { Draft, Message, ServiceName } from '@quadrille/events'
import type { Random } from '@quadrille/testing'
import type { Bag } from './bag.ts'
import type { Plan } from './plan.ts'

export interface World {
  /**
   * Lets a service's reactions handle messages, in one batch. Resolves to all messages that they publish.
   * @throws the error of a reaction. In a history no reaction should throw.
   */
  apply(service: ServiceName, messages: readonly Message[]): Promise<readonly Message[]>
  /** Performs one of payment's tasks. @throws {OutcomeUnknown} if it must be repeated. */
  work(task: Message, attempt: number): Promise<Draft | null>
  /** Waits for a running task, as long as this world waits. Other steps may happen meanwhile. */
  pace(begun: Promise<void>): Promise<void>
  /** Resolves when no task is running by itself. */
  idle(): Promise<void>
  /** The last round of a refund that was refused, and that no operator handles yet. Otherwise undefined. */
  refusedRound(orderId: string): Promise<number | undefined>
}

export interface Surroundings {
  readonly plan: Plan
  readonly random: Random
  readonly bag: Bag
}
