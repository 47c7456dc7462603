/** The shell of every service: batches of reactions, tasks, HTTP, health, telemetry, start and stop. */

export { dayMs, duration } from './config/duration.ts'
export { helpFor, variablesOf } from './config/help.ts'
export { integer } from './config/integer.ts'
export { nearMisses } from './config/near-miss.ts'
export { rate } from './config/rate.ts'
export { ConfigError, type Environment, readConfig } from './config/read-config.ts'
export type { OnCommitted } from './core/batch.ts'
export { fold } from './core/fold.ts'
export {
  type Decision,
  type DecisionOf,
  type DraftOf,
  type HandledType,
  type MessageOf,
  nothing,
  type Reaction,
  type ReactionMap,
  type ReactionOf,
  type Reactions,
  reactionsOf,
  type TaskType,
} from './core/reaction.ts'
export { stateTable } from './core/state-table.ts'
export {
  type Load,
  RowSet,
  type Step,
  type StoredWorkingSet,
  type Tables,
  type WorkingSet,
  writeIfAny,
} from './core/working-set.ts'
export { deadLetterTable } from './dead-letters/table/store.ts'
export {
  type Attempt,
  noCallMade,
  outcomeOf,
  type Task,
  type TaskOf,
  type TaskOptions,
  type TaskResult,
  tasksOf,
} from './delivery/task.ts'
export { TaskError, type TaskErrorOptions, type TaskFault, taskFaultOf } from './errors/task-fault.ts'
export { Unavailable } from './errors/unavailable.ts'
export type { EventSink, EventStream } from './http/event-streams.ts'
export { refuseAll } from './http/gate.ts'
export type { Readiness } from './http/health.ts'
export { idempotencyHeaders, idempotencyTtl, replayedHeaderDocs, replayedHeaders } from './http/idempotency.ts'
export { openApi } from './http/openapi/document.ts'
export { type Page, pageQuery, pageSchema, readCursor, toPage } from './http/pagination.ts'
export { notFound, Problem, problemSchema, tooManyEvents, unavailable } from './http/problem.ts'
export { allProblemKinds, problemType } from './http/problem-kinds.ts'
export { type Reply, type Route, route } from './http/route.ts'
export type { FileReply } from './http/send-file.ts'
export type { SharedAdmin } from './http/serve.ts'
export { type HttpServer, listen, type RequestListener } from './http/server.ts'
export { eventStream, formatBeginning, formatEvent } from './http/server-sent-events.ts'
export { type Upload, uploadOf, uploadSpec } from './http/upload.ts'
export { checkExposure, isLoopback } from './http/variables.ts'
export { type Operation, recordOperation } from './operations/operation-table.ts'
export { operatorHeaders, operatorOf, optionalOperatorHeaders } from './operations/operator.ts'
export { recordRequest } from './operations/record-request.ts'
export { reportBroker, reportStores } from './runtime/broker-report.ts'
export { commonConfig, publishVersionsOf } from './runtime/config.ts'
export type { Context, Job, ServiceDefinition } from './runtime/define.ts'
export { defineService } from './runtime/define.ts'
export { describeProcessMetrics, describeService, type MetricDescription } from './runtime/describe.ts'
export { processConfigOf, runMigrations, runProcess } from './runtime/process.ts'
export { retentionJob } from './runtime/retention.ts'
export { type RunningService, type StartOptions, startService } from './runtime/start.ts'
export { migrateAll } from './runtime/storage.ts'
export { createFoldEvents, type StatesFromEvents } from './states/fold-events.ts'
export { createLogger } from './telemetry/log.ts'
export type { Telemetry } from './telemetry/sdk.ts'
export { telemetryConfig } from './telemetry/variables.ts'
export {
  type FindHandled,
  findWhereabouts,
  type OpenTask,
} from './whereabouts/find-whereabouts.ts'
export { readWhereabouts, shownWhereabouts, type Whereabouts } from './whereabouts/get-whereabouts.ts'
