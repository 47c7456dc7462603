import { describe, expect, it } from 'vitest'
import { findCycles, messagesCausedBy, requestsOf } from '../src/causality.ts'
import { type Choreography, messagesAtMost, newestSchema, task } from '../src/index.ts'
import { messages, services } from './library.ts'

const { desk, stacks } = services

const causedBy = (type: string, changed: Choreography = {}) =>
  messagesCausedBy(type, { messages, services: { ...services, ...changed } })

/** `Fetch` and `Fetched` are not unique per loan. */
const searching: Choreography = {
  stacks: { ...stacks, causes: { ...stacks.causes, Fetched: ['BooksLent', 'Fetch'] } },
}

describe('the requests to a service', () => {
  it('are its internal messages that are not outcomes of a task', () => {
    expect(requestsOf(desk)).toEqual(['LoanReturned'])
    expect(requestsOf(stacks)).toEqual([])
  })
})

describe('the messages that a message causes', () => {
  it('include itself', () => {
    expect(causedBy('LoanClosed')).toBe(1)
  })

  it('are counted over all services', () => {
    expect(causedBy('BooksLent')).toBe(3) // LoanClosed of the desk, and ReaderReminded
  })

  it('include all outcomes of a task', () => {
    // LoanRequested, Fetch, Fetched or Missing, BooksLent or LoanRefused, LoanClosed, ReaderReminded
    expect(causedBy('LoanReturned')).toBe(9)
  })

  it('are counted for each queue that gets a task, but once if they are unique per subject', () => {
    const twice = { ...stacks, work: { ...stacks.work, fanout: 'stacks.fetch', queues: ['stacks.a', 'stacks.b'] } }
    expect(causedBy('Fetch')).toBe(7)
    expect(causedBy('Fetch', { stacks: twice })).toBe(8) // two times Fetched
  })

  it('are limited in a cycle with a message that is unique per subject', () => {
    const again = { ...desk, causes: { ...desk.causes, LoanRefused: ['LoanRequested'] } }
    expect(causedBy('LoanReturned', { desk: again })).toBe(9)
  })

  it('are unlimited in other cycles', () => {
    expect(causedBy('LoanReturned', searching)).toBe(Number.POSITIVE_INFINITY)
    expect(causedBy('LoanRefused', searching)).toBe(2)
  })
})

describe('the cycles of a choreography', () => {
  it('do not exist if each chain of causes ends', () => {
    expect(findCycles({ messages, services })).toEqual([])
  })

  it('are each found once, wherever the search begins', () => {
    const model = { ...services, ...searching }
    expect(findCycles({ messages, services: model })).toEqual([['Fetched', 'Fetch', 'Fetched']])
    const reversed = Object.fromEntries(Object.entries(model).toReversed())
    expect(findCycles({ messages, services: reversed })).toHaveLength(1)
  })

  it('include a message that causes itself', () => {
    const echo = { ...desk, consumes: ['ReaderReminded'], causes: { ReaderReminded: ['ReaderReminded'] } }
    expect(findCycles({ messages, services: { echo } })).toEqual([['ReaderReminded', 'ReaderReminded']])
  })
})

describe('a task with one id per subject', () => {
  const unique = { ...messages, Fetch: task('Fetch', newestSchema(messages.Fetch), { summary: 'fetch a book' }) }

  it('does not limit a cycle, because a work queue has no inbox', () => {
    expect(findCycles({ messages: unique, services: { ...services, ...searching } })).toHaveLength(1)
  })
})

describe('the maximum number of messages', () => {
  it('is that of the message that causes the most', () => {
    expect(messagesAtMost({ messages, services })).toBe(9)
  })

  it('is finite if the model has a cycle', () => {
    expect(messagesAtMost({ messages, services: { ...services, ...searching } })).toBe(1_000)
  })

  it('is 1 if no message causes another', () => {
    expect(messagesAtMost({ messages, services: {} })).toBe(1)
  })
})
