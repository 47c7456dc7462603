/** How the outcome of a replay is read, with the requests of the page replaced. */
import { afterEach, expect, test, vi } from 'vitest'
import { isFinal } from '../../src/page/views/dead-letters/outcome.ts'
import { readOutcome } from '../../src/page/views/dead-letters/read-outcome.ts'
import { letterOf } from './letter.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const { signal } = new AbortController()

test('the outcome of a message without an id can not be told, and is read once', async () => {
  const letter = { ...letterOf('1'), messageId: '', operations: [] }
  const answer = vi.fn(async () => Response.json(letter))
  vi.stubGlobal('fetch', answer)
  const outcome = await readOutcome('payment', '1', signal)
  expect(outcome).toEqual({
    kind: 'unrecorded',
    isFinal: true,
    why: 'The message has no id by which it could be found.',
  })
  expect(isFinal(outcome)).toBe(true)
  expect(answer).toHaveBeenCalledTimes(1)
})

test('a message without a type that failed again after its replay is found by the time of its dead letter', async () => {
  const replayedAt = '2026-11-28T13:00:00.000Z'
  const operations = [{ operation: 'replay', operator: 'Ada', note: null, at: replayedAt }]
  const letter = { ...letterOf('2'), messageId: 'a message', type: '', operations }
  const again = { ...letterOf('1'), messageId: 'a message', error: 'It failed again.' }
  vi.stubGlobal('fetch', async (path: string, { method = 'GET' }: RequestInit) => {
    if (method === 'POST') return Response.json({ outcome: 'failed' })
    const [route, query] = path.split('?')
    if (route === '/api/payment/dead-letters/2') return Response.json(letter)
    const expected = { queue: 'payment.inbox', from: replayedAt, limit: '100' } // an empty type gets 422
    expect(Object.fromEntries(new URLSearchParams(query))).toEqual(expected)
    return Response.json({ items: [letterOf('3'), again], nextCursor: null })
  })
  const outcome = await readOutcome('payment', '2', signal)
  expect(outcome).toEqual({ kind: 'again', deadLetterId: '1', why: 'It failed again.' })
})

test('without its dead letter, the outcome can not be told any more; another error may pass', async () => {
  const answering = (status: number) => vi.stubGlobal('fetch', async () => Response.json({ detail: 'No.' }, { status }))
  answering(404)
  const outcome = await readOutcome('payment', '1', signal)
  expect(outcome).toEqual({ kind: 'unrecorded', isFinal: true, why: 'The service has deleted its dead letter.' })
  expect(isFinal(outcome)).toBe(true)
  answering(503)
  expect(await readOutcome('payment', '1', signal)).toEqual({ kind: 'waiting', why: 'No.' })
})
