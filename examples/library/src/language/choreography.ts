/** Which service publishes and consumes which messages. The exchanges, queues and documents follow from this. */
import type { Choreography, TypeIn } from '@quadrille/messages'
import type { messages } from './messages.ts'

export const choreography = {
  loans: {
    name: 'loans',
    essential: true,
    publishes: ['LoanRequested', 'LoanConfirmed', 'LoanClosed'],
    consumes: ['CopyReserved', 'CopyUnavailable', 'CopyReleased', 'DepositPaid', 'DepositRefused', 'DepositReturned'],
    internal: ['LoanSubmitted', 'ReturnSubmitted'],
    causes: {
      LoanSubmitted: ['LoanRequested'],
      ReturnSubmitted: ['LoanClosed'],
      CopyReserved: ['LoanConfirmed'],
      DepositPaid: ['LoanConfirmed'],
      CopyUnavailable: ['LoanClosed'],
      DepositRefused: ['LoanClosed'],
    },
    work: null,
  },
  catalog: {
    name: 'catalog',
    essential: true,
    publishes: ['CopyReserved', 'CopyUnavailable', 'CopyReleased'],
    consumes: ['LoanRequested', 'LoanConfirmed', 'LoanClosed'],
    internal: [],
    causes: { LoanRequested: ['CopyReserved', 'CopyUnavailable'], LoanClosed: ['CopyReleased'] },
    compensates: ['LoanClosed'],
    work: null,
  },
  members: {
    name: 'members',
    essential: true,
    publishes: ['DepositPaid', 'DepositRefused', 'DepositReturned'],
    consumes: ['LoanRequested', 'LoanClosed'],
    internal: ['DepositCharged', 'DepositDeclined', 'DepositRefunded'],
    causes: {
      LoanRequested: ['ChargeDeposit'],
      DepositCharged: ['DepositPaid', 'RefundDeposit'],
      DepositDeclined: ['DepositRefused', 'DepositReturned'],
      LoanClosed: ['RefundDeposit', 'DepositReturned'],
      DepositRefunded: ['DepositReturned'],
    },
    compensates: ['LoanClosed', 'RefundDeposit'],
    work: {
      queues: ['members.tasks'],
      tasks: { ChargeDeposit: ['DepositCharged', 'DepositDeclined'], RefundDeposit: ['DepositRefunded'] },
    },
  },
} as const satisfies Choreography<TypeIn<typeof messages>>
