import { type Database, run, type Statement, type Transaction } from '@quadrille/postgres'

/** A database whose transactions run `step` after their last statement, and before they commit. */
export const beforeCommit = <Connected extends Database>(
  database: Connected,
  step: (sql: Transaction) => Promise<unknown>,
): Connected => ({
  ...database,
  transaction: (work) =>
    database.transaction((sql) =>
      work({
        query: (text, values) => sql.query(text, values),
        commit: async <Row>(statements: readonly Statement[]) => {
          const results = await Promise.all(statements.map((statement) => run<Row>(sql, statement)))
          await step(sql)
          await sql.commit([])
          return results.at(-1) ?? []
        },
      }),
    ),
})
