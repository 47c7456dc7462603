/** A small choreography: loans of a library. */
import type { Choreography } from '@quadrille/messages'

export const choreography = {
  desk: {
    name: 'desk',
    essential: true,
    publishes: ['LoanRequested', 'LoanClosed'],
    consumes: ['BooksLent', 'LoanRefused', 'FeeCharged', 'ReaderReminded'],
    internal: [],
    work: null,
    asks: ['Shelved'],
  },
  stacks: {
    name: 'stacks',
    essential: true,
    publishes: ['BooksLent', 'LoanRefused'],
    consumes: ['LoanRequested', 'FeeCharged'],
    internal: ['Fetched'],
    work: { queues: ['stacks.tasks'], tasks: { Fetch: ['Fetched'] } },
    answers: ['Shelved'],
  },
  fees: {
    name: 'fees',
    essential: true,
    publishes: ['FeeCharged'],
    consumes: ['LoanRequested', 'LoanClosed'],
    internal: [],
    work: null,
  },
  reminders: {
    name: 'reminders',
    essential: true,
    publishes: ['ReaderReminded'],
    consumes: ['LoanRequested', 'BooksLent', 'FeeCharged'],
    internal: ['Delivered'],
    work: {
      fanout: 'reminders.channels',
      queues: ['reminders.letter', 'reminders.call'],
      tasks: { Remind: ['Delivered'] },
    },
  },
} as const satisfies Choreography
