import type { Database } from '@quadrille/postgres'
import { notFound, route } from '@quadrille/service'
import { findLoan } from '../find-loan.ts'
import { loanParams, loanView, view } from './schema.ts'

/** `GET /loans/{loanId}` */
export const getLoan = (database: Database) =>
  route({
    method: 'get',
    path: '/loans/{loanId}',
    operationId: 'getLoan',
    summary: 'Show a loan',
    description: 'Returns a loan and its status.',
    params: loanParams,
    responses: { 200: { description: 'The loan', body: loanView } },
    handle: async ({ params: { loanId } }) => {
      const loan = await findLoan(database, loanId)
      if (!loan) throw notFound(`There is no loan ${loanId}.`)
      return { status: 200, body: view(loanId, loan) }
    },
  })
