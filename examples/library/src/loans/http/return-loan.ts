import { type Context, notFound, Problem, route } from '@quadrille/service'
import { type Draft, draft } from '../../language/library.ts'
import { findLoan } from '../find-loan.ts'
import { loanParams, loanView, view } from './schema.ts'

/** `POST /loans/{loanId}/return` */
export const returnLoan = ({ database, dispatch }: Context<unknown, Draft<'ReturnSubmitted'>>) =>
  route({
    method: 'post',
    path: '/loans/{loanId}/return',
    operationId: 'returnBook',
    summary: 'Return the book',
    description: 'Ends a confirmed loan. A repeated request has no further effect and the same response.',
    params: loanParams,
    responses: {
      202: { description: 'The book is returned; the deposit is being refunded', body: loanView },
      409: { description: 'The member does not have the book' },
    },
    handle: async ({ params: { loanId }, trace }) => {
      const before = await findLoan(database, loanId)
      if (!before) throw notFound(`There is no loan ${loanId}.`)
      // The inbox ignores a second ReturnSubmitted, so the first must not be sent before the loan is confirmed.
      if (before.status === 'confirmed') await dispatch(draft('ReturnSubmitted', { loanId }), trace)
      const loan = await findLoan(database, loanId)
      if (loan?.status !== 'closed' || loan.reason !== 'returned')
        throw new Problem('conflict', 'The member does not have the book.')
      return { status: 202, body: view(loanId, loan) }
    },
  })
