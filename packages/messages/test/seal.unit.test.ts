import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { defineLanguage, task, uuid } from '../src/index.ts'
import { type Draft, library, type Message, messages, services } from './library.ts'
import { loanId, now, refused, requested } from './sample.ts'

const { draft, seal } = library

const cause = { id: '018f4e9a-0000-7000-8000-0000000000cc', subject: loanId, hops: 3 }
const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'vendor=1' }

describe('a sealed message', () => {
  it('has the whole envelope', () => {
    expect(seal(refused, { service: 'stacks', now, cause, trace })).toEqual({
      specversion: '1.0',
      id: '7f98725d-be91-5137-9421-8b31d909d516',
      type: 'LoanRefused',
      source: '/stacks',
      subject: loanId,
      time: now.toISOString(),
      datacontenttype: 'application/json',
      correlationid: loanId,
      partitionkey: loanId,
      causationid: cause.id,
      hops: 4,
      schemaversion: 2,
      ...trace,
      data: refused.data,
    })
  })

  it('has one hop if its cause says nothing about hops, and none without a cause', () => {
    expect(seal(requested, { service: 'desk', now, cause: { ...cause, hops: undefined } }).hops).toBe(1)
    expect(seal(requested, { service: 'desk', now })).not.toHaveProperty('hops')
  })

  it('has no hops if its cause has another subject, because the maximum holds for one subject', () => {
    const other = { ...cause, subject: '018f4e9a-0000-7000-8000-0000000000bb' }
    expect(seal(requested, { service: 'desk', now, cause: other })).toMatchObject({ causationid: cause.id, hops: 0 })
  })

  it('has the same id for every publisher, time and cause', () => {
    const one = seal(requested, { service: 'desk', now })
    const other = seal(requested, { service: 'stacks', now: new Date(0), cause, trace })
    expect(other.id).toBe(one.id)
  })

  it('has another subject if it names the field of its own', () => {
    const bookId = '018f4e9a-0000-7000-8000-0000000000bb'
    const Scan = task('Scan', z.object({ bookId: uuid }), { summary: 'scan a book', subjectField: 'bookId' })
    const own = defineLanguage({
      name: 'own',
      info: { title: 'Own', description: 'For tests.' },
      messages: { Scan, Missing: messages.Missing },
      services: {},
      subject: { field: 'loanId', description: 'the loan id' },
      secrets: [],
    })
    const sealed = own.seal(own.draft('Scan', { bookId }), { service: 'stacks', now })
    expect(sealed).toMatchObject({ subject: bookId, correlationid: bookId, partitionkey: bookId })
    const body = own.encode(sealed)
    expect(own.decode(Buffer.from(body)).message).toEqual(sealed)
    const forged = body.replace(`"subject":"${bookId}"`, `"subject":"${loanId}"`)
    expect(() => own.decode(Buffer.from(forged))).toThrow('the subject differs')
  })

  it('has a different id for a different identity', () => {
    const fetched = (shelf: string) => draft('Fetched', { loanId, isbn: '978-0', shelf })
    const reminded = (channel: string) => draft('ReaderReminded', { loanId, channel })
    const drafts = [
      fetched('a'),
      fetched('b'),
      draft('Missing', { loanId, isbn: '978-0' }),
      reminded('a'),
      reminded('b'),
    ]
    expect(new Set(drafts.map((one) => seal(one, { service: 'test', now }).id)).size).toBe(drafts.length)
  })

  it('contains only the fields of its schema, even if the draft has more', () => {
    const closed = draft('LoanClosed', { ...requested.data })
    expect(seal(closed, { service: 'desk', now }).data).toEqual({ loanId, books: [{ isbn: '978-0' }] })
  })

  it('is frozen, with all that it contains, because consumers in the same process share it', () => {
    const message = seal(requested, { service: 'desk', now })
    const parts = [message, message.data, message.data.books, message.data.books[0], message.data.reader]
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true))
  })

  it('cannot be created from a draft that violates its schema', () => {
    const empty = draft('LoanRequested', { ...requested.data, books: [] })
    expect(() => seal(empty, { service: 'desk', now })).toThrow(/^LoanRequested violates its schema: \/books /)
  })
})

describe('the compiler', () => {
  it('checks the data of each type', () => {
    expectTypeOf(draft('LoanReturned', { loanId })).toEqualTypeOf<Draft<'LoanReturned'>>()
    expectTypeOf<Message<'LoanRefused'>['data']['category']>().toEqualTypeOf<'no_copies' | 'refused'>()
    expectTypeOf<Message<'LoanRequested'>['data']['note']>().toEqualTypeOf<string | undefined>()
    expectTypeOf(seal(requested, { service: 'desk', now })).toEqualTypeOf<Message<'LoanRequested'>>()
  })

  it('distinguishes types in a union', () => {
    const read = (message: Message<'BooksLent' | 'LoanReturned'>) =>
      message.type === 'BooksLent' ? message.data.count : message.data.loanId
    expectTypeOf(read).returns.toEqualTypeOf<number | string>()
  })

  it('rejects a wrong draft', () => {
    const wrong = [
      // @ts-expect-error no such type
      () => draft('LoanPondered', { loanId }),
      // @ts-expect-error a missing field
      () => draft('BooksLent', { loanId }),
      // @ts-expect-error a text for a number
      () => draft('BooksLent', { loanId, count: '1' }),
      // @ts-expect-error a value that the schema doesn't have
      () => draft('LoanRefused', { loanId, code: 'no', category: 'boredom' }),
      // @ts-expect-error the data of another type
      () => draft('BooksLent', { loanId, books: [] }),
      // @ts-expect-error a field that the type does not have
      () => draft('LoanReturned', { loanId, count: 1 }),
      // @ts-expect-error version 1, where drafts have the newest
      () => draft('LoanRefused', { loanId, code: 'no' }),
      // @ts-expect-error a draft with the data of another type
      (): Draft => ({ type: 'BooksLent', data: { loanId } }),
    ]
    expect(wrong).toHaveLength(8)
  })

  it('rejects a language in which a message lacks the subject, or a service has an unknown message', () => {
    const subject = { field: 'loanId', description: 'the loan id' } as const
    const options = { name: 'library', info: library.info, messages, services, subject, secrets: [] }
    const wrong = [
      // @ts-expect-error no message has this field
      () => defineLanguage({ ...options, subject: { field: 'bookId', description: 'the book id' } }),
      // @ts-expect-error a service publishes what the catalog lacks
      () => defineLanguage({ ...options, services: { desk: { ...services.desk, publishes: ['LoanPondered'] } } }),
    ]
    expect(wrong).toHaveLength(2)
  })
})
