/** Access to Postgres: statements, transactions, the kinds of errors, and migrations. */
export { type DatabaseClock, databaseClock } from './clock.ts'
export { createDatabases } from './create-databases.ts'
export { readDatabaseName } from './database-name.ts'
export { type DeletionStep, deleteRows } from './delete-rows.ts'
export {
  concernsStatement,
  type Fault,
  faultOf,
  isCancellation,
  isIdleTimeout,
  isLockConflict,
  isLockTimeout,
  isMissingObjectOrRight,
  isOutage,
  isOutOfMemory,
  isPoolTimeout,
  isRefusal,
  isServerError,
  lockNotAvailable,
  transientFaultOf,
} from './fault.ts'
export { migrate } from './migrate.ts'
export { parameterTable } from './parameter-table.ts'
export { openDatabase, type PoolOptions } from './pool.ts'
export {
  checkMigrated,
  hasTable,
  type Migrations,
  readTimeAndCheckSchema,
  SchemaTooNew,
  SchemaTooOld,
} from './schema.ts'
export { isDecodable, withoutTimeouts } from './settings.ts'
export {
  type Connections,
  type Database,
  type DatabasePool,
  run,
  type Sql,
  type Statement,
  type Transaction,
  type Value,
} from './sql.ts'
export { storableJson, storableText } from './storable.ts'
