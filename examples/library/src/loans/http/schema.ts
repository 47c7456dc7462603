/** A loan as the HTTP interface shows it. */
import { z } from 'zod'
import { isbn, loanId, memberId } from '../../language/messages.ts'
import { isSettled, type Loan } from '../loan.ts'

export const loanParams = z.strictObject({ loanId })

export const loanRequest = z
  .strictObject({ memberId, isbn })
  .meta({ title: 'LoanRequest', description: 'A member asks for a copy of a book.' })

export const loanView = z
  .object({
    loanId,
    memberId,
    isbn,
    status: z.enum(['requested', 'confirmed', 'closed']).meta({ description: 'The status of the loan.' }),
    reason: z
      .enum(['no_copy', 'deposit_refused', 'returned'])
      .nullable()
      .meta({ description: 'Why the loan is closed; null while it is open.' }),
    settled: z.boolean().meta({ description: 'Whether the loan is over, its copy released and its deposit refunded.' }),
  })
  .meta({ title: 'Loan', description: 'A loan and its status.' })

export const view = (id: string, loan: Loan): z.output<typeof loanView> => ({
  loanId: id,
  memberId: loan.memberId,
  isbn: loan.isbn,
  status: loan.status,
  reason: loan.status === 'closed' ? loan.reason : null,
  settled: isSettled(loan),
})
