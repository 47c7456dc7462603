/** The definition of a service. `service.ts` of each service has one. */
import {
  type AnswerIn,
  type AskedIn,
  checkCompensations,
  checkServiceNames,
  type Draft,
  type DraftIn,
  type Language,
  type Message,
  type MessageIn,
  type ServiceModel,
  type TraceContext,
  type TypeIn,
} from '@quadrille/messages'
import type { Database, DatabaseClock, Migrations } from '@quadrille/postgres'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { z } from 'zod'
import type { OnCommitted } from '../core/batch.ts'
import type { DraftOf, ReactionMap, Reactions } from '../core/reaction.ts'
import type { Tables } from '../core/working-set.ts'
import type { Tasks, WorkQueue } from '../delivery/task.ts'
import type { Route } from '../http/route.ts'
import type { AnswerAll, Answers } from '../questions/answer.ts'
import type { Ask } from '../questions/ask.ts'
import type { StatesFromEvents } from '../states/fold-events.ts'
import type { FindHandled, FindOpenTasks } from '../whereabouts/find-whereabouts.ts'

/**
 * Resources for tasks, routes and jobs of a service. `Internal`: the internal messages that they may `dispatch`; by default
 * none. `State`: the state of the service's reactions.
 */
export interface Context<Config, Internal extends Draft = never, State = unknown> {
  readonly config: Config
  /** The pool of the service, with DATABASE_CONNECTIONS connections. Its reactions, outbox and jobs use it too. */
  readonly database: Database
  readonly clock: DatabaseClock
  readonly log: Logger
  /** The registry for the service's own metrics, which `/metrics` shows. */
  readonly registry: Registry
  /** Adds a gauge of the service's own, which is read each time that the metrics are requested. Undefined is shown as `NaN`. */
  readonly gauge: (name: string, help: string, read: () => number | undefined) => void
  /**
   * Dispatches an internal message to the service's own reactions, in the given trace. Resolves to the new state when its
   * effect is committed. A message with the id of one that was applied before changes nothing, even if its data differs; the result
   * is then the current state. If two different requests may have one id, compare the state with the request.
   * While another session holds a lock that the message needs, it is tried again for half a second. A try that has begun is not
   * given up: it waits a second at most for each lock, 5 s for a connection, and 30 s for each statement.
   * @throws {Unavailable} if Postgres is unavailable: the outcome is unknown. Also if another session has locked the rows, or Postgres
   * refuses this message: nothing has changed. Throws the error of the reaction: nothing has changed.
   */
  readonly dispatch: (message: Internal, trace?: TraceContext) => Promise<State>
  readonly ask: Ask
  /** True if the outbox holds OUTBOX_MAX rows or more. The service should then accept nothing that adds to it. */
  readonly outboxFull: () => boolean
  /**
   * Null if the broker is connected and accepts messages, the inbox messages that waited at that time have been handled, none of its messages are held
   * because all fail alike, and for half a minute there was no such hold and no outage of the broker or of Postgres. Otherwise the
   * reason why the service's state may lack events of others.
   */
  readonly catchingUp: () => string | null
  /**
   * True while messages that this instance has received wait for Postgres, which may answer, but accept no writes: none of its
   * messages has been applied for 5 s.
   */
  readonly waitsForPostgres: () => boolean
  /**
   * Calls the listener with the steps of each committed batch of reactions of this instance, for example to count them in
   * metrics. It must not throw.
   */
  readonly afterCommit: (listener: OnCommitted<State>) => void
}

/** Work that runs repeatedly in each instance: first when the service starts. An error is logged, and the job runs again. */
export interface Job {
  readonly name: string
  /** The pause after each run, ms. */
  readonly everyMs: number
  /** `signal` aborts when running work has had its time to finish, up to 3 s after a stop began. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

export interface Wiring {
  readonly work?: Readonly<Record<string, WorkQueue>>
  /**
   * Runs at each start, before any message, job or request. It is repeated if Postgres becomes unavailable or a lock is held. `signal`
   * aborts when the start is aborted.
   */
  readonly prepare?: (signal: AbortSignal) => Promise<void>
  /** Answers the questions of other services, by type. The questions wait while a batch of the same type is answered. */
  readonly answers?: Answers
  /** Finds the subjects with external work that has no known outcome. It helps to explain why a subject makes no progress. */
  readonly findOpenTasks?: FindOpenTasks
  /** Finds the events that the service's own state shows as handled. The inbox is queried as well. */
  readonly findHandledEvents?: FindHandled
  /** The routes of its HTTP API. The first one whose method and path match answers the request. Default: none. */
  readonly routes?: readonly Route[]
  /** They run in addition to those that each service has, from the end of `prepare` until the service stops. Default: none. */
  readonly jobs?: readonly Job[]
  /** Details that the service adds to `/health/ready`. They do not affect the status. */
  readonly readiness?: () => Readonly<Record<string, string | null>>
}

/** The variables of a service, in addition to the common ones. */
export type Variables<Config> = z.ZodObject & z.ZodType<Config>

interface CommonDefinition<State, Config> {
  /**
   * The work queues of the model that this configuration serves. The others are not declared. A queue of an earlier
   * configuration is unbound, and keeps its messages. A queue that the model no longer names stays bound, so keep it in the
   * model, without serving it, until it is deleted. Default: all.
   */
  readonly workQueues?: (config: Config) => readonly string[]
  /**
   * True if the service does its main job without the broker. It is then ready as soon as Postgres is, unless the broker refuses
   * the instance until it is restarted. Default false.
   */
  readonly readyWithoutBroker?: boolean
  readonly tables: Tables<State>
  /** How to show the states of a subject from its events, for `POST /states`. Default: they are not shown. */
  readonly statesFromEvents?: StatesFromEvents<State>
}

/** A defined service. `M` and `D`: the messages and drafts of its language. */
export interface ServiceDefinition<State, Config, M extends Message = Message, D extends Draft = Draft>
  extends CommonDefinition<State, Config> {
  readonly language: Language
  readonly model: ServiceModel
  readonly migrations: Migrations
  readonly config: Variables<Config>
  readonly reactions: ReactionMap<State, M, D>
  readonly lingering?: readonly string[]
  readonly wire?: (context: Context<Config, Draft, State>) => Wiring
}

/** The wiring of a service whose model is known at compile time: each work queue has all of its tasks. */
type WiringOf<L extends Language, Model extends ServiceModel> = Omit<Wiring, 'work' | 'answers'> &
  AnswersOf<L, Model> &
  (Model['work'] extends { readonly queues: readonly (infer Queue extends string)[] }
    ? { readonly work: Wired<Model['work'], Readonly<Record<Queue, WorkQueue<Tasks<L, Model>>>>> }
    : { readonly work?: never })

/** A service answers each question that its model lists under `answers`. */
type AnswersOf<L extends Language, Model extends ServiceModel> = Model extends {
  readonly answers: readonly (infer Type extends string)[]
}
  ? { readonly answers: { readonly [T in Type]: AnswerAll<AskedIn<L['questions'], T>, AnswerIn<L['questions'], T>> } }
  : { readonly answers?: never }

/** With a fanout, the configuration decides which of the queues exist. */
type Wired<Work, Queues> = Work extends { readonly fanout: string } ? Partial<Queues> : Queues

interface Definition<L extends Language, Model extends ServiceModel, State, Config>
  extends CommonDefinition<State, Config> {
  readonly language: L
  /**
   * The messages that the service consumes and publishes, and what may follow from each: the model of one of the language's services,
   * or of another one that consumes their events.
   */
  readonly model: Model
  /** A folder of .sql files, run in the order of their numbers. The table NAME_migration lists the applied ones. */
  readonly migrations: URL
  /**
   * The variables of this service, in addition to the common ones. Each is optional or has a default, because documents are generated
   * without an environment. Default: none.
   */
  readonly config?: Variables<Config>
  /** One for each message that the service handles, by type. */
  readonly reactions: Reactions<L, Model, State>
  /**
   * Consumed events that may wait up to LINGER_MS, so that several share a transaction. Meant for events whose effect is not
   * urgent. A message about the same subject that may not wait takes them along, so they stay in order. Default: none.
   */
  readonly lingering?: readonly Model['consumes'][number][]
}

/**
 * Does no I/O and starts nothing, because documents are generated from its result without any resources. `prepare` and `jobs` may.
 */
type Wire<L extends Language, Model extends ServiceModel, State, Config> = (
  context: Context<Config, DraftOf<L, Model['internal'][number]>, State>,
) => WiringOf<L, Model>

/** A service with work queues must wire their tasks, and one with questions its answers. */
type WithWire<L extends Language, Model extends ServiceModel, State, Config> =
  Readonly<Record<never, never>> extends WiringOf<L, Model>
    ? { readonly wire?: Wire<L, Model, State, Config> }
    : { readonly wire: Wire<L, Model, State, Config> }

/**
 * Defines a service. The compiler checks it against its model: it has a reaction for each message that it handles,
 * and a task for each type of task. Both send only messages that the model lists. The model names only messages and questions of
 * the language.
 * @throws {Error} for a name in the model that services, work queues or fanouts may not have, and for a message under `compensates`
 * that the service neither consumes nor has as a task.
 */
export const defineService = <
  L extends Language,
  Model extends ServiceModel<TypeIn<L['messages']>, keyof L['questions'] & string>,
  State,
  Config = object,
>(
  definition: Definition<L, Model, State, Config> & WithWire<L, Model, State, Config>,
): ServiceDefinition<State, Config, MessageIn<L['messages']>, DraftIn<L['messages']>> => {
  const { model, migrations, config, reactions } = definition
  const violations = [...checkServiceNames(model), ...checkCompensations(model)]
  if (violations.length > 0) throw new Error(violations.join('\n'))
  return {
    ...definition,
    migrations: { directory: migrations, table: `${model.name.replaceAll('-', '_')}_migration` },
    config: config ?? (z.object({}) as Variables<Config>), // without variables, Config is `object`
    reactions: new Map(Object.entries(reactions)),
  }
}
