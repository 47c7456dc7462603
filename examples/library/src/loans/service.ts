/** Loans: accepts requests of members, and decides when a loan is confirmed and when it is over. */
import { defineService, stateTable } from '@quadrille/service'
import { library } from '../language/library.ts'
import { config } from './config.ts'
import { getLoan } from './http/get-loan.ts'
import { putLoan } from './http/put-loan.ts'
import { returnLoan } from './http/return-loan.ts'
import type { Loan } from './loan.ts'
import { reactions } from './reactions.ts'

export const loans = defineService({
  language: library,
  model: library.services.loans,
  config,
  migrations: new URL('migrations/', import.meta.url),
  readyWithoutBroker: true,
  tables: stateTable<Loan>('loan', 'loan_id'),
  reactions,
  wire: (context) => ({ routes: [putLoan(context), getLoan(context.database), returnLoan(context)] }),
})
