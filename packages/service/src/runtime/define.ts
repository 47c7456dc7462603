/** A service as a value: everything that makes it this service and no other. `service.ts` of each service is one of these. */
import type { Draft, ServiceModel, TraceContext } from '@quadrille/events'
import type { Database, DatabaseClock, Migrations } from '@quadrille/postgres'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { z } from 'zod'
import type { OnCommitted } from '../core/batch.ts'
import type { Reaction } from '../core/reaction.ts'
import type { Tables } from '../core/working-set.ts'
import type { Task } from '../delivery/task.ts'
import type { Route } from '../http/route.ts'
import type { FindHandled, FindOpenTasks } from '../message-status/message-status.ts'

/** What tasks, routes and jobs of a service may use. */
export interface Context<Config> {
  readonly config: Config
  readonly database: Database
  readonly clock: DatabaseClock
  readonly log: Logger
  /** Where the service registers what it counts by itself, to be shown on `/metrics`. */
  readonly registry: Registry
  /** Shows a figure of the service's own there, read each time that it is asked for. */
  readonly gauge: (name: string, help: string, read: () => number) => void
  /**
   * Tells the service's own reactions something, in the trace that it belongs to, and resolves when they have committed what they made of it.
   * @throws {Unavailable} Postgres is away: nothing is known to have happened.
   */
  readonly tell: (message: Draft, trace?: TraceContext) => Promise<void>
  /** True while the outbox holds OUTBOX_MAX rows or more: then nothing should be accepted that adds to it. */
  readonly outboxFull: () => boolean
  /**
   * Null while the broker is connected and what waited in the inbox when it became so has been handled; otherwise what this
   * service still waits for before it knows what others have said.
   */
  readonly catchingUp: () => string | null
}

/** Something to do again and again. */
export interface Job {
  readonly name: string
  readonly everyMs: number
  readonly run: () => Promise<void>
}

export interface Wiring {
  /** Done at each start, before any message, job or request. */
  readonly prepare?: () => Promise<void>
  /** The tasks of each work queue. */
  readonly work?: Readonly<Record<string, readonly Task[]>>
  /** Which of these orders have external work whose outcome isn't known: shown to who asks why an order is stuck. */
  readonly openTasks?: FindOpenTasks
  /** Which events its own state of these orders shows as handled: shown to the same. The inbox is asked as well. */
  readonly handled?: FindHandled
  readonly routes?: readonly Route[]
  readonly jobs?: readonly Job[]
  /** What the service adds to its answer to `/health/ready`. It has no effect on the status. */
  readonly readiness?: () => Readonly<Record<string, string | null>>
}

export interface ServiceDefinition<State, Config> {
  readonly model: ServiceModel
  /** Every variable of the service, beside those that all services have. */
  readonly config: z.ZodObject & z.ZodType<Config>
  readonly migrations: Migrations
  /**
   * The work queues of the model that this configuration serves. The others don't exist; one that is left from before gets no more
   * messages, and is deleted once it is empty. Default: all.
   */
  readonly workQueues?: (config: Config) => readonly string[]
  /** True where its main job is done without the broker too: then it is ready as soon as Postgres is. Default false. */
  readonly readyWithoutBroker?: boolean
  readonly tables: Tables<State>
  readonly reactions: readonly Reaction<State>[]
  /** What it counts of the steps that its reactions have taken. */
  readonly count?: (registry: Registry) => OnCommitted<State>
  readonly wire?: (context: Context<Config>) => Wiring
}

export const defineService = <State, Config>(
  definition: ServiceDefinition<State, Config>,
): ServiceDefinition<State, Config> => definition
