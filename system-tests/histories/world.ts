/** The services of a history, in memory or on Postgres. */
import type { Draft, Message, ServiceName } from '@quadrille/events'
import type { Random } from '@quadrille/testing'
import type { Plan } from './plan.ts'
import type { Pool } from './pool.ts'

export interface World {
  /**
   * Handles messages by a service's reactions, in one batch. Resolves to the messages that they publish.
   * @throws the error of a reaction. In a history no reaction should throw.
   */
  apply(service: ServiceName, messages: readonly Message[]): Promise<readonly Message[]>
  /** Performs one of payment's tasks. @throws {OutcomeUnknown} if it must be repeated. */
  performTask(task: Message, attempt: number): Promise<Draft | null>
  /** Called with each started task. Resolves when the next step may run, maybe before the task ends. */
  afterTaskStart(begun: Promise<void>): Promise<void>
  /** Resolves when no task is running. */
  untilTasksEnd(): Promise<void>
  /** The last round of a refused refund that still needs an operator, or undefined. */
  refusedRound(orderId: string): Promise<number | undefined>
}

export interface WorldSetup {
  readonly plan: Plan
  readonly random: Random
  readonly pool: Pool
}
