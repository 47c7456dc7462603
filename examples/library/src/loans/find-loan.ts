import type { Sql } from '@quadrille/postgres'
import type { Loan } from './loan.ts'

/** The loan without a lock. Undefined if it was not requested. */
export const findLoan = async (sql: Sql, loanId: string): Promise<Loan | undefined> => {
  const [row] = await sql.query<{ state: Loan }>('select state from loan where loan_id = $1', [loanId])
  return row?.state
}
