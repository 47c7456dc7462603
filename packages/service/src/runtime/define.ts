/** A service as a value: everything that makes it this service and no other. `service.ts` of each service is one of these. */
import type { Draft, DraftIn, Language, Message, MessageIn, ServiceModel, TraceContext } from '@quadrille/messages'
import type { Database, DatabaseClock, Migrations } from '@quadrille/postgres'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { z } from 'zod'
import type { OnCommitted } from '../core/batch.ts'
import type { DraftOf, ReactionMap, Reactions } from '../core/reaction.ts'
import type { Tables } from '../core/working-set.ts'
import type { Task, Tasks } from '../delivery/task.ts'
import type { Route } from '../http/route.ts'
import type { FindHandled, FindOpenTasks } from '../message-status/message-status.ts'

/**
 * What tasks, routes and jobs of a service may use. `Internal`: the drafts that they may `tell`; by default none. `State`: what
 * the service's reactions work on.
 */
export interface Context<Config, Internal extends Draft = never, State = unknown> {
  readonly config: Config
  readonly database: Database
  readonly clock: DatabaseClock
  readonly log: Logger
  /** Where the service registers metrics of its own, to be shown on `/metrics`. */
  readonly registry: Registry
  /** Shows a value of the service's own there, read each time that the metrics are requested. */
  readonly gauge: (name: string, help: string, read: () => number) => void
  /**
   * Sends an internal message to the service's own reactions, in the given trace. Once its effect is committed, it resolves to
   * the state after it. A message that was applied before changes nothing, and gets the current state.
   * @throws {Unavailable} Postgres is away: it is unknown whether anything happened.
   */
  readonly tell: (message: Internal, trace?: TraceContext) => Promise<State>
  /** True while the outbox holds OUTBOX_MAX rows or more: then the service should accept nothing that adds to it. */
  readonly outboxFull: () => boolean
  /**
   * Null while the broker is connected and what waited in the inbox when it became so has been handled; otherwise what this
   * service still waits for before its state contains all events that others have published.
   */
  readonly catchingUp: () => string | null
}

/** Something to run repeatedly. */
export interface Job {
  readonly name: string
  readonly everyMs: number
  readonly run: () => Promise<void>
}

export interface Wiring {
  /** Runs at each start, before any message, job or request. */
  readonly prepare?: () => Promise<void>
  /** The tasks of each work queue, by their types. */
  readonly work?: Readonly<Record<string, Readonly<Record<string, Task>>>>
  /** Which of these subjects have external work whose outcome isn't known: helps to explain why a subject makes no progress. */
  readonly openTasks?: FindOpenTasks
  /** Which events have had their effect on the service's own state of these subjects: the inbox is asked as well. */
  readonly handled?: FindHandled
  readonly routes?: readonly Route[]
  readonly jobs?: readonly Job[]
  /** What the service adds to its answer to `/health/ready`. It has no effect on the status. */
  readonly readiness?: () => Readonly<Record<string, string | null>>
}

interface CommonDefinition<State, Config> {
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
  /** What it counts of the steps that its reactions have taken. */
  readonly count?: (registry: Registry) => OnCommitted<State>
}

/** A defined service. `M` and `D`: the messages and drafts of its language. */
export interface ServiceDefinition<State, Config, M extends Message = Message, D extends Draft = Draft>
  extends CommonDefinition<State, Config> {
  readonly language: Language
  readonly model: ServiceModel
  readonly reactions: ReactionMap<State, M, D>
  readonly wire?: (context: Context<Config, Draft, State>) => Wiring
}

/** The wiring of a service whose model the compiler knows: each work queue has all tasks. */
type WiringOf<L extends Language, Model extends ServiceModel> = Omit<Wiring, 'work'> &
  (Model['work'] extends { readonly queues: readonly (infer Queue extends string)[] }
    ? { readonly work: Wired<Model['work'], Readonly<Record<Queue, Tasks<L, Model>>>> }
    : { readonly work?: never })

/** With a fanout the configuration says which of the queues exist. */
type Wired<Work, Queues> = Work extends { readonly fanout: string } ? Partial<Queues> : Queues

interface Definition<L extends Language, Model extends ServiceModel, State, Config>
  extends CommonDefinition<State, Config> {
  readonly language: L
  /** One of the language's services, or another one that consumes their events. */
  readonly model: Model
  readonly reactions: Reactions<L, Model, State>
}

type Wire<L extends Language, Model extends ServiceModel, State, Config> = (
  context: Context<Config, DraftOf<L, Model['internal'][number]>, State>,
) => WiringOf<L, Model>

/** A service with work queues has to wire their tasks. */
type WithWire<L extends Language, Model extends ServiceModel, State, Config> = Model['work'] extends null
  ? { readonly wire?: Wire<L, Model, State, Config> }
  : { readonly wire: Wire<L, Model, State, Config> }

/**
 * Defines a service. The compiler holds it against its model: it has a reaction for each message that it handles and a task for
 * each of its work, and they send only what the model lists.
 */
export const defineService = <L extends Language, Model extends ServiceModel, State, Config>(
  definition: Definition<L, Model, State, Config> & WithWire<L, Model, State, Config>,
): ServiceDefinition<State, Config, MessageIn<L['messages']>, DraftIn<L['messages']>> => ({
  ...definition,
  reactions: new Map(Object.entries(definition.reactions)),
})
