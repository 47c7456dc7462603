import type { Database } from '@quadrille/postgres'

/** A database whose transactions give their results, and leave nothing behind. */
export const rollingBack = (database: Pick<Database, 'transaction'>): Pick<Database, 'transaction'> => ({
  transaction: async (work) => {
    const over = new Error('The dry run is over.')
    const results: Awaited<ReturnType<typeof work>>[] = []
    const rolledBack = database.transaction(async (sql) => {
      results.push(await work(sql))
      throw over
    })
    await rolledBack.catch((error) => {
      if (error !== over) throw error
    })
    const [result] = results
    return result as Awaited<ReturnType<typeof work>>
  },
})
