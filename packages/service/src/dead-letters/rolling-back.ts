import { type Database, run, type Sql, type Statement, type Transaction } from '@quadrille/postgres'

/** A database whose transactions return their results and are rolled back. */
export const rollingBack = (database: Pick<Database, 'transaction'>): Pick<Database, 'transaction'> => ({
  transaction: async <Result>(work: (sql: Transaction) => Promise<Result>) => {
    const over = new Error('The dry run is over.')
    const worked = Promise.withResolvers<Result>()
    const rolledBack = database.transaction(async (sql) => {
      worked.resolve(await work(withoutCommit(sql)))
      throw over
    })
    await rolledBack.catch((error) => {
      if (error !== over) throw error
    })
    return worked.promise
  },
})

/** Runs the last statements, and stays open. */
const withoutCommit = (sql: Sql): Transaction => ({
  query: (text, values) => sql.query(text, values),
  commit: async <Row>(statements: readonly Statement[]) => {
    const results = await Promise.all(statements.map((statement) => run<Row>(sql, statement)))
    return results.at(-1) ?? []
  },
})
