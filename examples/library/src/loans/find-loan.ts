import type { Sql } from '@quadrille/postgres'
import type { Loan } from './loan.ts'

/** The loan as it is now; undefined if nobody has requested it. */
export const findLoan = async (sql: Sql, loanId: string): Promise<Loan | undefined> => {
  const [row] = await sql.query<{ state: Loan }>('select state from loan where loan_id = $1', [loanId])
  return row?.state
}
