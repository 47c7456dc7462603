import { type Context, Problem, route, tooManyEvents } from '@quadrille/service'
import { type Draft, draft } from '../../language/library.ts'
import type { Config } from '../config.ts'
import { findLoan } from '../find-loan.ts'
import { loanParams, loanRequest, loanView, view } from './schema.ts'

/** `PUT /loans/{loanId}`: responds after the loan and its LoanRequested are committed. */
export const putLoan = ({ config, database, dispatch, outboxFull }: Context<Config, Draft<'LoanSubmitted'>>) =>
  route({
    method: 'put',
    path: '/loans/{loanId}',
    operationId: 'requestLoan',
    summary: 'Request a loan',
    description:
      'Requests a copy of a book for a member. The client chooses the id, a UUID, so repeating the request has no further effect.',
    params: loanParams,
    body: loanRequest,
    responses: {
      202: { description: 'The loan is accepted and durable', body: loanView },
      409: { description: 'Another loan has this id' },
    },
    handle: async ({ params: { loanId }, body: { memberId, isbn }, trace }) => {
      if (outboxFull()) throw tooManyEvents
      await dispatch(draft('LoanSubmitted', { loanId, memberId, isbn, deposit: config.DEPOSIT }), trace)
      const loan = await findLoan(database, loanId)
      if (loan?.memberId !== memberId || loan.isbn !== isbn) throw new Problem('conflict', 'Another loan has this id.')
      return { status: 202, body: view(loanId, loan) }
    },
  })
