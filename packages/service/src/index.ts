/** The shell that every service runs in: batches of reactions, tasks, HTTP, health, telemetry, start and stop. */
export type { OnCommitted } from './batch.ts'
export { type BrokerReportOptions, reportBroker, reportStores } from './broker-report.ts'
export { commonConfig, dayMs, duration } from './config.ts'
export type { Context, Job, ServiceDefinition, Wiring } from './define.ts'
export { defineService } from './define.ts'
export { fold, reactionsByType } from './fold.ts'
export { helpOn, variablesOf } from './help.ts'
export { everyServicesRoutes } from './http/every-service.ts'
export type { Readiness } from './http/health.ts'
export { idempotencyHeaders, idempotencyTtl, replayedHeaderDocs, replayedHeaders } from './http/idempotency.ts'
export { openApi } from './http/openapi.ts'
export { type Page, pageQuery, pageSchema, readCursor, toPage } from './http/page.ts'
export { notFound, Problem, problemSchema, unavailable } from './http/problem.ts'
export { type Reply, type Route, type RouteRequest, route } from './http/route.ts'
export type { SharedAdmin } from './http/serve.ts'
export { type Answering, type HttpServer, listen } from './http/server.ts'
export { checkExposure, isLoopback } from './http/variables.ts'
export {
  type FindHandled,
  findWhereabouts,
  type OpenTask,
  type Whereabouts,
  whereaboutsPage,
} from './http/whereabouts.ts'
export { integer } from './integer.ts'
export { nearMisses } from './near-miss.ts'
export { processConfig, runMigrations, runProcess } from './process.ts'
export { type Decision, nothing, type Reaction, reactionsOf } from './reaction.ts'
export { ConfigError, type Environment, readConfig } from './read-config.ts'
export { forgetting } from './retention.ts'
export { Unavailable } from './settle.ts'
export { type RunningService, type Surroundings, startService } from './start.ts'
export { stateTable } from './state-table.ts'
export { migrateAll } from './storage.ts'
export { type Attempt, type Task, task } from './task.ts'
export { createLogger } from './telemetry/log.ts'
export { telemetryConfig } from './telemetry/variables.ts'
export { RowSet, type Step, type StoredWorkingSet, type Tables, type WorkingSet } from './working-set.ts'
