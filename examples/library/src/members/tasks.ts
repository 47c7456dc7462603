/** The tasks of the service `members`. A task may run more than once, so each call has the loan id as its idempotency key. */
import { tasksOf } from '@quadrille/service'
import { draft, type Library } from '../language/library.ts'
import type { Cashier } from './cashier.ts'

const task = tasksOf<Library, Library['services']['members']>()

export const createTasks = (cashier: Cashier) => ({
  ChargeDeposit: task('ChargeDeposit', async ({ loanId, memberId, amount }) => {
    const outcome = await cashier.charge({ loanId, memberId, amount })
    return outcome === 'charged' ? draft('DepositCharged', { loanId }) : draft('DepositDeclined', { loanId })
  }),
  RefundDeposit: task('RefundDeposit', async ({ loanId }) => {
    await cashier.refund(loanId)
    return draft('DepositRefunded', { loanId })
  }),
})
