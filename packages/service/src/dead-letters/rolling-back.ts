import type { Database, Sql } from '@quadrille/postgres'

/** A database whose transactions return their results and are rolled back. */
export const rollingBack = (database: Pick<Database, 'transaction'>): Pick<Database, 'transaction'> => ({
  transaction: async <Result>(work: (sql: Sql) => Promise<Result>) => {
    const over = new Error('The dry run is over.')
    const worked = Promise.withResolvers<Result>()
    const rolledBack = database.transaction(async (sql) => {
      worked.resolve(await work(sql))
      throw over
    })
    await rolledBack.catch((error) => {
      if (error !== over) throw error
    })
    return worked.promise
  },
})
