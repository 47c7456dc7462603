import { type DatabasePool, openDatabase } from '@quadrille/postgres'

/** Runs a step of the setup on one connection, and closes it. */
export const withDatabase = async <Result>(
  url: string,
  work: (database: DatabasePool) => Promise<Result>,
): Promise<Result> => {
  const database = openDatabase({
    url,
    applicationName: 'quadrille-migration',
    max: 1,
    onIdleError: () => undefined, // the running statement rejects with it
  })
  try {
    return await work(database)
  } finally {
    await database.end()
  }
}
