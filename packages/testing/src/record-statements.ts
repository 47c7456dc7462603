import type { Transaction } from '@quadrille/postgres'

/** A transaction that adds the text of each of its statements to `log`. */
export const recordStatements = (sql: Transaction, log: string[]): Transaction => ({
  query: (text, values) => {
    log.push(text)
    return sql.query(text, values)
  },
  commit: (statements) => {
    log.push(...statements.map(({ text }) => text))
    return sql.commit(statements)
  },
})
