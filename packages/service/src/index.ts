/** The shell of every service: batches of reactions, tasks, HTTP, health, telemetry, start and stop. */

// The definition of a service, and its start.

export { type Context, defineService, type Job, type ServiceDefinition } from './runtime/define.ts'
export { runMigrations, runProcess } from './runtime/process.ts'
export { type RunningService, type StartOptions, startService } from './runtime/start.ts'

// Reactions and their state.

export type { OnCommitted } from './core/batch.ts'
export { isKeyClaimed } from './core/claim.ts'
export {
  type DecisionOf,
  type DraftOf,
  type HandledType,
  type MessageOf,
  nothing,
  type Reaction,
  type ReactionOf,
  type Reactions,
  reactionsOf,
  type TaskType,
} from './core/reaction.ts'
export { retryWhileLocked } from './core/retry-while-locked.ts'
export { stateTable } from './core/state-table.ts'
export {
  type Load,
  RowSet,
  type Step,
  type StoredWorkingSet,
  type Tables,
  writeIfAny,
} from './core/working-set.ts'
export type { StatesFromEvents } from './states/fold-events.ts'

// Tasks.

export {
  type Attempt,
  GivenUp,
  noCallMade,
  type TaskOf,
  type TaskOptions,
  type TaskResult,
  tasksOf,
} from './delivery/task.ts'
export { TaskError, type TaskErrorOptions, type TaskFault, taskFaultOf } from './errors/task-fault.ts'
export { Unavailable } from './errors/unavailable.ts'

// Variables.

export { dayMs, duration } from './config/duration.ts'
export { integer } from './config/integer.ts'
export { rate } from './config/rate.ts'
export { ConfigError, type Environment, readConfig } from './config/read-config.ts'

// HTTP routes.

export { conditionHeaders, requireConditions } from './http/conditional.ts'
export type { EventSink, EventStream } from './http/event-streams.ts'
export {
  idempotencyHeaders,
  idempotencyTtl,
  keyReused,
  replayedHeaderDocs,
  replayedHeaders,
  responseExpired,
} from './http/idempotency.ts'
export { pageQuery, pageSchema, readCursor, toPage } from './http/pagination.ts'
export { notFound, Problem, problemSchema, tooManyEvents, unavailable } from './http/problem.ts'
export { type Route, route } from './http/route.ts'
export type { FileReply } from './http/send-file.ts'
export { eventStream, formatBeginning, formatEvent, formatId, formatPositionEvent } from './http/server-sent-events.ts'
export { type Upload, uploadOf } from './http/upload.ts'
export { recordOperation } from './operations/operation-table.ts'
export { operatorHeaders, operatorOf, optionalOperatorHeaders } from './operations/operator.ts'
export { performRecorded } from './operations/perform-recorded.ts'

// Retention, and where messages are.

export { retentionJob } from './runtime/retention.ts'
export { type FindHandled, findWhereabouts, type OpenTask } from './whereabouts/find-whereabouts.ts'
export { readWhereabouts, type Whereabouts } from './whereabouts/whereabouts.ts'
