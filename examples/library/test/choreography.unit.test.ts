import { checkChoreography, checkLifecycle, type Lifecycle } from '@quadrille/messages'
import { expect, it } from 'vitest'
import { library } from '../src/language/library.ts'
import type { Loan } from '../src/loans/loan.ts'

it('has a publisher and a consumer for each event, and a service for each task and internal message', () => {
  expect(checkChoreography(library)).toEqual([])
})

it('leads each loan to its end', () => {
  const lifecycle = {
    requested: {
      CopyReserved: 'confirmed',
      DepositPaid: 'confirmed',
      CopyUnavailable: 'closed',
      DepositRefused: 'closed',
    },
    confirmed: { ReturnSubmitted: 'closed' },
    closed: null,
  } satisfies Lifecycle<Loan['status']>
  expect(checkLifecycle(lifecycle, 'requested', library.services.loans)).toEqual([])
})
