/** Loans on both brokers, from the request to the end, while every message arrives twice and a service is restarted. */

import { randomUUID } from 'node:crypto'
import { waitFor } from '@quadrille/testing/waiting'
import { afterEach, describe, expect, it } from 'vitest'
import { choreography } from '../src/language/choreography.ts'
import { type BrokerName, openLibrary } from './running-library.ts'

const isbn = '9780141439518'
const copies = 3

type Library = Awaited<ReturnType<typeof openLibrary>>

let library: Library
afterEach(() => library.close())

const putLoan = (loanId: string, memberId: string) =>
  library.call('loans', 'PUT', `/loans/${loanId}`, { memberId, isbn })
const getLoan = async (loanId: string) => (await library.call('loans', 'GET', `/loans/${loanId}`)).body
const returnBook = (loanId: string) => library.call('loans', 'POST', `/loans/${loanId}/return`)

/** Waits until no loan is waiting for another service. Returns the loans. */
const untilDecided = (loanIds: readonly string[]) =>
  waitFor(async () => {
    const loans = await Promise.all(loanIds.map(getLoan))
    expect(loans.filter(({ status, settled }) => status !== 'confirmed' && !settled)).toEqual([])
    return loans
  })

describe.each<BrokerName>(['the in-process broker', 'RabbitMQ'])('over %s', (broker) => {
  it('settles each loan, and copies and deposits add up', async () => {
    library = await openLibrary(broker)
    await library.call('catalog', 'PUT', `/books/${isbn}`, { copies })
    const memberOf = ['ada', 'broke', 'flaky', 'grace']
    const loanIds = Array.from({ length: 12 }, () => randomUUID())

    const restarted = library.restart('members')
    const requested = loanIds.flatMap((loanId, index) => {
      const memberId = memberOf[index % memberOf.length] ?? 'ada'
      return [putLoan(loanId, memberId), putLoan(loanId, memberId)] // the client did not receive the first response
    })
    expect((await Promise.all(requested)).map(({ status }) => status)).toEqual(requested.map(() => 202))
    await restarted

    const decided = await untilDecided(loanIds)
    const lent = decided.filter(({ status }) => status === 'confirmed').map(({ loanId }) => String(loanId))
    expect(lent.length).toBeLessThanOrEqual(copies)
    const book = await library.call('catalog', 'GET', `/books/${isbn}`)
    expect(book.body['available']).toBe(copies - lent.length)
    const held = `select loan_id as "loanId" from cashier_ledger where outcome = 'charged' and not refunded`
    expect(new Set((await library.rows<{ loanId: string }>('members', held)).map(({ loanId }) => loanId))).toEqual(
      new Set(lent),
    )

    const returned = await Promise.all([...lent, ...lent].map(returnBook))
    expect(returned.every(({ status }) => status === 202)).toBe(true)
    const settled = await waitFor(async () => {
      const loans = await Promise.all(loanIds.map(getLoan))
      expect(loans.filter((loan) => !loan['settled'])).toEqual([])
      return loans
    })
    expect(settled.filter(({ reason }) => reason === 'returned').length).toBe(lent.length)
    expect((await library.call('catalog', 'GET', `/books/${isbn}`)).body).toEqual({ isbn, copies, available: copies })
    expect(await library.rows('members', held)).toEqual([])
    for (const { name } of Object.values(choreography))
      expect((await library.call(name, 'GET', '/dead-letters')).body['items']).toEqual([])
  })
})

it('answers impossible requests with a problem', async () => {
  library = await openLibrary('the in-process broker')
  const loanId = randomUUID()
  expect((await library.call('loans', 'GET', `/loans/${loanId}`)).status).toBe(404)
  expect((await returnBook(loanId)).status).toBe(404)
  expect((await library.call('loans', 'PUT', `/loans/${loanId}`, { memberId: 'ada', isbn: '1' })).status).toBe(422)
  expect((await putLoan(loanId, 'ada')).status).toBe(202)
  expect((await putLoan(loanId, 'grace')).status).toBe(409)
  await untilDecided([loanId])
  expect((await returnBook(loanId)).status).toBe(409) // refused: there is no such book
  expect((await library.call('members', 'GET', `/deposits/${loanId}`)).body['status']).toBe('returned')
  expect((await library.call('catalog', 'GET', `/books/${isbn}`)).status).toBe(404)
})
