/** A small language: loans of a library. */
import { z } from 'zod'
import {
  type Choreography,
  type DraftIn,
  defineLanguage,
  event,
  internal,
  type MessageIn,
  question,
  type TypeIn,
  task,
  text,
  timestamp,
  uuid,
  withVersion,
} from '../src/index.ts'

const loanId = uuid
const isbn = text(20).min(1)
const loanExample = { loanId: '0193b3a0-7c00-7000-8000-000000000001' }

const LoanRequested = event(
  'LoanRequested',
  z.object({
    loanId,
    reader: z.object({ id: text(100).min(1), email: z.email() }),
    books: z
      .array(z.object({ isbn, copies: z.int().min(1) }))
      .min(1)
      .max(100),
    card: z.object({ pin: text(255).min(1) }),
    dueAt: timestamp,
    note: text(100).optional(),
    labels: z.record(text(100), text(500)).optional(),
  }),
  {
    summary: 'a reader asks for books',
    example: {
      ...loanExample,
      reader: { id: 'r-1', email: 'ada@example.com' },
      books: [{ isbn: '978', copies: 1 }],
      card: { pin: '1234' },
      dueAt: '2026-12-01T00:00:00.000Z',
    },
  },
)

const refusedV1 = z.object({ loanId, code: text(100).min(1) })
const refusedV2 = refusedV1.extend({ category: z.enum(['no_copies', 'refused']) })
const LoanRefused = withVersion(
  event('LoanRefused', refusedV1, {
    summary: 'a book is not available',
    example: { ...loanExample, code: 'no_copies' },
  }),
  refusedV2,
  {
    up: (older) => ({ ...older, category: older.code === 'no_copies' ? ('no_copies' as const) : ('refused' as const) }),
    down: ({ category: _, ...older }) => older,
  },
)

const BooksLent = event('BooksLent', z.object({ loanId, count: z.int().min(1) }), {
  summary: 'the reader has the books',
  example: { ...loanExample, count: 1 },
})
const LoanClosed = event('LoanClosed', z.object({ loanId, books: z.array(z.object({ isbn })) }), {
  summary: 'terminal',
  example: { ...loanExample, books: [{ isbn: '978' }] },
})
const ReaderReminded = event('ReaderReminded', z.object({ loanId, channel: text(20) }), {
  summary: 'the reader got a reminder',
  example: { ...loanExample, channel: 'email' },
  identity: ({ channel }) => channel,
})
const Fetch = task('Fetch', z.object({ loanId, isbn }), { summary: 'fetch a book', identity: (data) => data.isbn })
const Fetched = internal('Fetched', z.object({ loanId, isbn, shelf: text(20) }), {
  summary: 'the book was on its shelf',
  identity: ({ shelf }) => shelf,
})
const Missing = internal('Missing', z.object({ loanId, isbn }), { summary: 'the book was not on its shelf' })
const LoanReturned = internal('LoanReturned', z.object({ loanId }), { summary: 'the reader returns the books' })

export const messages = {
  LoanRequested,
  LoanRefused,
  BooksLent,
  LoanClosed,
  ReaderReminded,
  Fetch,
  Fetched,
  Missing,
  LoanReturned,
} as const

const Shelved = question(
  'Shelved',
  { asked: z.object({ isbn }), answer: z.object({ copies: z.int().min(0) }) },
  { summary: 'the copies of a book on its shelf', example: { asked: { isbn: '978' }, answer: { copies: 2 } } },
)

export const questions = { Shelved } as const

export type MessageType = TypeIn<typeof messages>
export type Message<Type extends MessageType = MessageType> = MessageIn<typeof messages, Type>
export type Draft<Type extends MessageType = MessageType> = DraftIn<typeof messages, Type>

export const services = {
  desk: {
    name: 'desk',
    essential: true,
    publishes: ['LoanRequested', 'LoanClosed'],
    consumes: ['BooksLent', 'LoanRefused', 'ReaderReminded'],
    internal: ['LoanReturned'],
    causes: { LoanReturned: ['LoanRequested'], BooksLent: ['LoanClosed'], LoanRefused: ['LoanClosed'] },
    work: null,
    asks: ['Shelved'],
  },
  stacks: {
    name: 'stacks',
    essential: true,
    publishes: ['BooksLent', 'LoanRefused'],
    consumes: ['LoanRequested', 'LoanClosed'],
    internal: ['Fetched', 'Missing'],
    causes: { LoanRequested: ['Fetch'], Fetched: ['BooksLent'], Missing: ['LoanRefused'] },
    compensates: ['LoanClosed'],
    consumesOwnEvents: true,
    work: { queues: ['stacks.tasks'], tasks: { Fetch: ['Fetched', 'Missing'] } },
    answers: ['Shelved'],
  },
  reminders: {
    name: 'reminders',
    essential: false,
    publishes: ['ReaderReminded'],
    consumes: ['BooksLent'],
    internal: [],
    causes: { BooksLent: ['ReaderReminded'] },
    work: null,
  },
} as const satisfies Choreography<MessageType, keyof typeof questions>

export const library = defineLanguage({
  name: 'library',
  info: { title: 'Test', description: 'For tests.' },
  messages,
  questions,
  services,
  subject: { field: 'loanId', description: 'the loan id' },
  secrets: ['pin', 'email'],
})
