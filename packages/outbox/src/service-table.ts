/** The service to which a database belongs. */
import { hasTable, type Sql } from '@quadrille/postgres'

/** The database has the tables of another service. The message is one line. */
export class DatabaseOfAnotherService extends Error {
  override readonly name = 'DatabaseOfAnotherService'
}

/** Records the service, unless there is one. @throws {DatabaseOfAnotherService} */
export const claimDatabase = async (sql: Sql, service: string): Promise<void> => {
  await sql.query('insert into service (name) values ($1) on conflict do nothing', [service])
  await checkService(sql, service)
}

/** Changes nothing, and also accepts a database that has no tables yet. @throws {DatabaseOfAnotherService} */
export const checkService = async (sql: Sql, service: string): Promise<void> => {
  if (!(await hasTable(sql, 'service'))) return
  const [row] = await sql.query<{ name: string; database: string }>(
    'select name, current_database() as database from service',
  )
  if (!row || row.name === service) return
  throw new DatabaseOfAnotherService(
    `the database ${row.database} belongs to the service ${row.name}: set DATABASE_URL to the database of ${service}`,
  )
}
