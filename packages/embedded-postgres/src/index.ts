/** A real Postgres from npm packages, for `npm start` and for tests. */
export { deleteEmbeddedPostgres } from './cluster-location.ts'
export { freePort, freePorts, isFree } from './free-port.ts'
export { templateVariable } from './initialize.ts'
export { isRunning } from './is-running.ts'
export { type FolderLock, lockFolder } from './lock.ts'
export { runningEmbeddedPostgres } from './running.ts'
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, makeCluster, startEmbeddedPostgres } from './start.ts'
