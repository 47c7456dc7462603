import { describe, expect, it } from 'vitest'
import { type Choreography, checkChoreography, consumersOf, inboxTypes, publisherOf } from '../src/index.ts'
import { type MessageType, messages, services } from './library.ts'

const { desk, stacks, reminders } = services

/** The services with some of them replaced. */
const changed = (replaced: Choreography): Choreography => ({ ...services, ...replaced })
const without = (types: readonly MessageType[], removed: MessageType) => types.filter((type) => type !== removed)

describe('a choreography', () => {
  it('has the publisher of an event, and the consumers of a publisher', () => {
    expect(publisherOf('BooksLent', services)?.name).toBe('stacks')
    expect(publisherOf('Fetch', services)).toBeUndefined()
    expect(consumersOf(stacks, services).map(({ name }) => name)).toEqual(['desk', 'reminders'])
    expect(consumersOf(reminders, services).map(({ name }) => name)).toEqual(['desk'])
  })

  it("has the events of an inbox: consumed ones, and the service's own", () => {
    expect(inboxTypes(desk)).toEqual(desk.consumes)
    expect(inboxTypes(stacks)).toEqual([...stacks.consumes, ...stacks.publishes])
  })
})

describe('the check of a choreography', () => {
  it('finds no fault if every message is handled', () => {
    expect(checkChoreography({ messages, services })).toEqual([])
  })

  it('finds a message under another name', () => {
    const misfiled = { ...messages, LoanEnded: messages.LoanClosed }
    expect(checkChoreography({ messages: misfiled, services })).toContain('LoanClosed is filed under LoanEnded.')
  })

  const holes: Record<string, { readonly model: Choreography; readonly says: string }> = {
    'an event without a consumer': {
      model: changed({ desk: { ...desk, consumes: without(desk.consumes, 'ReaderReminded') } }),
      says: 'No service consumes ReaderReminded.',
    },
    'an event without a publisher': {
      model: changed({ stacks: { ...stacks, publishes: without(stacks.publishes, 'BooksLent') } }),
      says: 'BooksLent has 0 publishers; it needs exactly one.',
    },
    'a consumer of an event without a publisher': {
      model: changed({ stacks: { ...stacks, publishes: without(stacks.publishes, 'BooksLent') } }),
      says: 'desk consumes BooksLent, which no service publishes.',
    },
    'an event with two publishers': {
      model: changed({ reminders: { ...reminders, publishes: [...reminders.publishes, 'BooksLent'] } }),
      says: 'BooksLent has 2 publishers; it needs exactly one.',
    },
    'a service that is missing': {
      model: { desk, stacks },
      says: 'desk consumes ReaderReminded, which no service publishes.',
    },
    'a compensation that never reaches its service': {
      model: changed({ desk: { ...desk, compensates: ['Fetch'] } }),
      says: 'desk compensates by Fetch, which it neither consumes nor has as a task.',
    },
    'an outcome without a reaction': {
      model: changed({ stacks: { ...stacks, internal: without(stacks.internal, 'Missing') } }),
      says: 'stacks does not handle Missing, an outcome of Fetch.',
    },
    'an internal message without a service': {
      model: changed({ desk: { ...desk, internal: [] } }),
      says: 'No service handles LoanReturned.',
    },
    'an internal message of two services': {
      model: changed({ reminders: { ...reminders, internal: ['LoanReturned'] } }),
      says: 'desk and reminders: only one service handles LoanReturned.',
    },
    'a task without a service': {
      model: changed({ stacks: { ...stacks, work: null } }),
      says: 'No service handles the task Fetch.',
    },
    'a task as an event': {
      model: changed({ desk: { ...desk, consumes: [...desk.consumes, 'Fetch'] } }),
      says: 'desk lists Fetch under consumes, which must have messages of the kind event.',
    },
    'an event as an internal message': {
      model: changed({ desk: { ...desk, internal: [...desk.internal, 'BooksLent'] } }),
      says: 'desk lists BooksLent under internal, which must have messages of the kind internal.',
    },
    'work without a queue': {
      model: changed({ stacks: { ...stacks, work: { ...stacks.work, queues: [] } } }),
      says: 'stacks has 0 work queues; without a fanout it needs exactly one.',
    },
    'several work queues without a fanout': {
      model: changed({ stacks: { ...stacks, work: { ...stacks.work, queues: ['stacks.a', 'stacks.b'] } } }),
      says: 'stacks has 2 work queues; without a fanout it needs exactly one.',
    },
    'a service under another name': {
      model: { ...services, returns: { ...desk, name: 'desk' } },
      says: 'desk is filed under returns.',
    },
  }

  it.each(Object.entries(holes))('finds %s', (_, { model, says }) => {
    expect(checkChoreography({ messages, services: model })).toContain(says)
  })
})
