import { migrateAll } from '@quadrille/service/tools'
import { createTestDatabase, type TestDatabase } from '@quadrille/testing'

type Migrated = Parameters<typeof migrateAll>[1]

/** Creates a database with the tables of a service, as after its first start. Its migrations run once in a test run. */
export const createServiceDatabase = (serverUrl: string, definition: Migrated): Promise<TestDatabase> =>
  createTestDatabase(serverUrl, { name: definition.model.name, fill: (url) => migrateAll(url, definition) })
