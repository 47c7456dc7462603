import { openDatabase } from '@quadrille/postgres'

/**
 * Queries a database without proxies, over a connection for this one statement.
 * @throws the driver's error.
 */
export const query = async <Row extends object>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> => {
  const database = openDatabase({ url, applicationName: 'chaos', max: 1, onIdleError: () => undefined })
  try {
    return await database.query<Row>(sql, values)
  } finally {
    await database.end()
  }
}
