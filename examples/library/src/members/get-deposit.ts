import type { Database } from '@quadrille/postgres'
import { notFound, route } from '@quadrille/service'
import { z } from 'zod'
import { loanId } from '../language/messages.ts'
import type { Deposit } from './deposit.ts'

const depositView = z
  .object({
    loanId,
    status: z
      .enum(['charging', 'paid', 'refused', 'refunding', 'returned'])
      .meta({ description: 'The status of the deposit.' }),
    amount: z.int().meta({ description: 'The deposit in cents. With the status `returned`, the refunded amount.' }),
  })
  .meta({ title: 'Deposit', description: 'The deposit of a loan.' })

/** `GET /deposits/{loanId}` */
export const getDeposit = (database: Database) =>
  route({
    method: 'get',
    path: '/deposits/{loanId}',
    operationId: 'getDeposit',
    summary: 'Show the deposit of a loan',
    description: 'Returns the deposit of a loan and its status.',
    params: z.strictObject({ loanId }),
    responses: { 200: { description: 'The deposit', body: depositView } },
    handle: async ({ params }) => {
      const [row] = await database.query<{ state: Deposit }>('select state from deposit where loan_id = $1', [
        params.loanId,
      ])
      if (!row) throw notFound(`There is no deposit for loan ${params.loanId}.`)
      const { status, amount } = row.state
      return { status: 200, body: { loanId: params.loanId, status, amount } }
    },
  })
