/** Members: charges a deposit for each loan, and refunds it when the loan is over. */
import { defineService, stateTable } from '@quadrille/service'
import { library } from '../language/library.ts'
import { simulatedCashier } from './cashier.ts'
import type { Deposit } from './deposit.ts'
import { getDeposit } from './get-deposit.ts'
import { reactions } from './reactions.ts'
import { createTasks } from './tasks.ts'

export const members = defineService({
  language: library,
  model: library.services.members,
  migrations: new URL('migrations/', import.meta.url),
  tables: stateTable<Deposit>('deposit', 'loan_id'),
  reactions,
  wire: ({ database }) => ({
    work: { 'members.tasks': { tasks: createTasks(simulatedCashier(database)) } },
    routes: [getDeposit(database)],
  }),
})
