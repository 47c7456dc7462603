/** The port to the cashier, an external system that holds the deposits, and a simulated cashier. */

import type { Sql } from '@quadrille/postgres'
import { TaskError } from '@quadrille/service'

export interface Charge {
  /** The idempotency key: a loan is charged and refunded once, even if the call is repeated. */
  readonly loanId: string
  readonly memberId: string
  readonly amount: number
}

export interface Cashier {
  /** @throws {TaskError} while it is unknown whether the deposit was charged. */
  charge(charge: Charge): Promise<'charged' | 'declined'>
  /** @throws {TaskError} while it is unknown whether the deposit was refunded. */
  refund(loanId: string): Promise<void>
}

/**
 * A cashier that moves no money and keeps its ledger in a table. It declines the member `broke`. It charges the member `flaky`,
 * but its first response is lost.
 */
export const simulatedCashier = (ledger: Sql): Cashier => ({
  charge: async ({ loanId, memberId, amount }) => {
    const outcome = memberId === 'broke' ? 'declined' : 'charged'
    const first = await ledger.query(
      `insert into cashier_ledger (loan_id, amount, outcome) values ($1, $2, $3) on conflict do nothing returning loan_id`,
      [loanId, outcome === 'charged' ? amount : 0, outcome],
    )
    if (memberId === 'flaky' && first.length > 0) throw new TaskError('The response of the cashier was lost.')
    return outcome
  },
  refund: async (loanId) => {
    await ledger.query('update cashier_ledger set refunded = true where loan_id = $1', [loanId])
  },
})
