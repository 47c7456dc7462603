import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  type Choreography,
  checkChoreography,
  consumersOf,
  inboxTypes,
  internal,
  publisherOf,
  task,
  uuid,
} from '../src/index.ts'
import { library, type MessageType, messages, questions, services } from './library.ts'

const { desk, stacks, reminders } = services

/** The services with some of them replaced. */
const changed = (replaced: Choreography): Choreography => ({ ...services, ...replaced })
const without = (types: readonly MessageType[], removed: MessageType) => types.filter((type) => type !== removed)

describe('a choreography', () => {
  it('has a publisher for each event, and the consumers of each publisher', () => {
    expect(publisherOf('BooksLent', services)?.name).toBe('stacks')
    expect(publisherOf('Fetch', services)).toBeUndefined()
    expect(consumersOf(stacks, services).map(({ name }) => name)).toEqual(['desk', 'reminders'])
    expect(consumersOf(reminders, services).map(({ name }) => name)).toEqual(['desk'])
  })

  it('has the events of each inbox: those that the service consumes, and its own if configured', () => {
    expect(inboxTypes(desk)).toEqual(desk.consumes)
    expect(inboxTypes(stacks)).toEqual([...stacks.consumes, ...stacks.publishes])
  })
})

describe('the check of a choreography', () => {
  it('reports nothing if every message is handled', () => {
    expect(checkChoreography(library)).toEqual([])
  })

  it('reports a message whose key is not its type', () => {
    const misfiled = { ...messages, LoanEnded: messages.LoanClosed }
    expect(checkChoreography({ ...library, messages: misfiled })).toContain('The key of LoanClosed is LoanEnded.')
  })

  const ownName =
    'write stacks. and what matches /^[a-z][a-z0-9_-]{0,49}$/, such as stacks.tasks. Reserved: inbox, dead, events, direct, questions, answers.'
  const violations: Record<string, { readonly model: Choreography; readonly violation: string }> = {
    'an event without a consumer': {
      model: changed({ desk: { ...desk, consumes: without(desk.consumes, 'ReaderReminded') } }),
      violation: 'No service consumes ReaderReminded.',
    },
    'a publisher without an essential consumer': {
      model: changed({ desk: { ...desk, essential: false } }),
      violation: 'stacks publishes events, but no essential service consumes any of them.',
    },
    'an event without a publisher': {
      model: changed({ stacks: { ...stacks, publishes: without(stacks.publishes, 'BooksLent') } }),
      violation: 'BooksLent has 0 publishers; it needs exactly one.',
    },
    'a consumer of an event without a publisher': {
      model: changed({ stacks: { ...stacks, publishes: without(stacks.publishes, 'BooksLent') } }),
      violation: 'desk consumes BooksLent, which no service publishes.',
    },
    'an event with two publishers': {
      model: changed({ reminders: { ...reminders, publishes: [...reminders.publishes, 'BooksLent'] } }),
      violation: 'BooksLent has 2 publishers; it needs exactly one.',
    },
    'a service that is missing': {
      model: { desk, stacks },
      violation: 'desk consumes ReaderReminded, which no service publishes.',
    },
    'a compensation that never reaches its service': {
      model: changed({ desk: { ...desk, compensates: ['Fetch'] } }),
      violation: 'desk lists Fetch under compensates, but neither consumes it nor has it as a task.',
    },
    'an outcome without a reaction': {
      model: changed({ stacks: { ...stacks, internal: without(stacks.internal, 'Missing') } }),
      violation: 'stacks does not handle Missing, an outcome of Fetch.',
    },
    'an internal message without a service': {
      model: changed({ desk: { ...desk, internal: [] } }),
      violation: 'No service handles LoanReturned.',
    },
    'an internal message of two services': {
      model: changed({ reminders: { ...reminders, internal: ['LoanReturned'] } }),
      violation: 'desk and reminders handle LoanReturned; only one service may.',
    },
    'a task without a service': {
      model: changed({ stacks: { ...stacks, work: null } }),
      violation: 'No service handles the task Fetch.',
    },
    'a task that is listed as an event': {
      model: changed({ desk: { ...desk, consumes: [...desk.consumes, 'Fetch'] } }),
      violation: 'desk lists Fetch under consumes, which may contain only messages of the kind event.',
    },
    'an event that is listed as an internal message': {
      model: changed({ desk: { ...desk, internal: [...desk.internal, 'BooksLent'] } }),
      violation: 'desk lists BooksLent under internal, which may contain only messages of the kind internal.',
    },
    'an effect of a message that the service does not handle': {
      model: changed({ desk: { ...desk, causes: { ...desk.causes, Fetched: ['LoanClosed'] } } }),
      violation: 'desk lists Fetched under causes, but does not handle it.',
    },
    'an effect that is not of the service': {
      model: changed({ desk: { ...desk, causes: { ...desk.causes, LoanReturned: ['LoanRequested', 'BooksLent'] } } }),
      violation: 'desk lists BooksLent as an effect, but neither publishes it nor has it as a task.',
    },
    'an event without a cause': {
      model: changed({ desk: { ...desk, causes: { LoanReturned: ['LoanRequested'] } } }),
      violation: 'No message causes LoanClosed of desk.',
    },
    'a task without a cause': {
      model: changed({ stacks: { ...stacks, causes: { ...stacks.causes, LoanRequested: [] } } }),
      violation: 'No message causes Fetch of stacks.',
    },
    'a cycle over several services': {
      model: changed({
        desk: { ...desk, causes: { ...desk.causes, ReaderReminded: ['LoanClosed'] } },
        stacks: { ...stacks, causes: { ...stacks.causes, LoanClosed: ['Fetch'], Fetched: ['BooksLent', 'Fetch'] } },
      }),
      violation: 'One request may cause messages without end: Fetched causes Fetch causes Fetched.',
    },
    'work without a queue': {
      model: changed({ stacks: { ...stacks, work: { ...stacks.work, queues: [] } } }),
      violation: 'stacks has 0 work queues; without a fanout it needs exactly one.',
    },
    'several work queues without a fanout': {
      model: changed({ stacks: { ...stacks, work: { ...stacks.work, queues: ['stacks.a', 'stacks.b'] } } }),
      violation: 'stacks has 2 work queues; without a fanout it needs exactly one.',
    },
    'a question without an answering service': {
      model: changed({ stacks: { ...stacks, answers: [] } }),
      violation: '0 services answer Shelved; exactly one must.',
    },
    'a question with two answering services': {
      model: changed({ reminders: { ...reminders, answers: ['Shelved'] } }),
      violation: '2 services answer Shelved; exactly one must.',
    },
    'a question that is not asked': {
      model: changed({ desk: { ...desk, asks: [] } }),
      violation: 'No service asks Shelved.',
    },
    'a service that asks itself': {
      model: changed({ stacks: { ...stacks, asks: ['Shelved'] } }),
      violation: 'stacks asks itself Shelved.',
    },
    'a question that the language lacks': {
      model: changed({ desk: { ...desk, asks: ['Shelved', 'Weather'] } }),
      violation: 'desk lists Weather under answers or asks, but the language has no such question.',
    },
    'a service whose name no table can have': {
      model: { ...services, flightDesk: { ...desk, name: 'flightDesk' } },
      violation:
        '"flightDesk" can’t be the name of a service: it must match /^[a-z][a-z0-9_-]{0,49}$/, such as flight-booking.',
    },
    'a work queue that is the inbox of another service': {
      model: changed({ stacks: { ...stacks, work: { ...stacks.work, queues: ['desk.inbox'] } } }),
      violation: `stacks can’t name a work queue or fanout "desk.inbox": ${ownName}`,
    },
    'a work queue that is the inbox of its service': {
      model: changed({ stacks: { ...stacks, work: { ...stacks.work, queues: ['stacks.inbox'] } } }),
      violation: `stacks can’t name a work queue or fanout "stacks.inbox": ${ownName}`,
    },
    'a fanout that is the exchange of its events': {
      model: changed({ stacks: { ...stacks, work: { ...stacks.work, fanout: 'stacks.events' } } }),
      violation: `stacks can’t name a work queue or fanout "stacks.events": ${ownName}`,
    },
    'a work queue that is listed twice': {
      model: changed({ stacks: { ...stacks, work: { ...stacks.work, queues: ['stacks.a', 'stacks.a'] } } }),
      violation: 'stacks lists the work queue stacks.a twice.',
    },
    'a service whose key is not its name': {
      model: { ...services, returns: { ...desk, name: 'desk' } },
      violation: 'The key of desk is returns.',
    },
  }

  it.each(['A'.repeat(101), 'Prêt', 'Loan Closed'])('reports the type %s', (type) => {
    const named = { ...messages, [type]: { ...messages.LoanClosed, type } }
    expect(checkChoreography({ ...library, messages: named })).toContain(
      `"${type}" can’t be the type of a message or question: it must match /^[A-Za-z][A-Za-z0-9._-]{0,99}$/.`,
    )
  })

  const converts = 'converts data, and receivers would convert it again: convert it in the reaction.'
  it.each([
    [
      z.number().transform((n) => n * 100),
      'has no form as JSON Schema: Transforms cannot be represented in JSON Schema.',
    ],
    [z.string().transform(Number).pipe(z.number()), converts],
    [z.date(), 'has no form as JSON Schema: Date cannot be represented in JSON Schema.'],
  ])('reports a schema that converts data or does not accept JSON', (fee, problem) => {
    const Fetch = task('Fetch', z.object({ loanId: uuid, fee }), { summary: '' })
    const Shelved = { ...questions.Shelved, answer: z.object({ fee }) }
    expect(checkChoreography({ ...library, messages: { ...messages, Fetch }, questions: { Shelved } })).toEqual([
      `The schema of Fetch version 1 ${problem}`,
      `The schema of the answer to Shelved ${problem}`,
    ])
  })

  it.each([
    ['z.uuid()', z.uuid()],
    ['z.uuidv4()', z.uuidv4()],
    ['z.guid()', z.guid().toLowerCase()],
    ['z.string()', z.string()],
  ])('reports a subject of the schema %s, which accepts ids that consumers do not accept', (_, loanId) => {
    const Missing = internal('Missing', z.object({ loanId }), { summary: '' })
    expect(checkChoreography({ ...library, messages: { ...messages, Missing } })).toEqual([
      'The schema of Missing version 1 accepts ids as loanId that no consumer accepts: use uuid of @quadrille/messages.',
    ])
  })

  it('checks the subject of a message that names the field of its own', () => {
    const schema = z.object({ loanId: uuid, isbn: z.uuid() })
    const Missing = internal('Missing', schema, { summary: '', subjectField: 'isbn' })
    expect(checkChoreography({ ...library, messages: { ...messages, Missing } })).toEqual([
      expect.stringContaining('accepts ids as isbn that no consumer accepts'),
    ])
  })

  it('accepts a default, and any schema of an internal message, which is not sent', () => {
    const Fetch = task('Fetch', z.object({ loanId: uuid, fee: z.int().default(0) }), { summary: '' })
    const Missing = internal('Missing', z.object({ loanId: uuid, since: z.date() }), { summary: '' })
    expect(checkChoreography({ ...library, messages: { ...messages, Fetch, Missing } })).toEqual([])
  })

  it.each(Object.entries(violations))('reports %s', (_, { model, violation }) => {
    expect(checkChoreography({ ...library, services: model })).toContain(violation)
  })
})
