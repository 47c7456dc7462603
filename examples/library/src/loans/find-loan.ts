import type { Sql } from '@quadrille/postgres'
import type { Loan } from './loan.ts'

/** Finds a loan without a lock. */
export const findLoan = async (sql: Sql, loanId: string): Promise<Loan | undefined> => {
  const [row] = await sql.query<{ state: Loan }>('select state from loan where loan_id = $1', [loanId])
  return row?.state
}
