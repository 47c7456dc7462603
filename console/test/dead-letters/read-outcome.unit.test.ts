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
  expect(outcome).toEqual({ kind: 'unknown', why: 'The message has no id by which it could be found.' })
  expect(isFinal(outcome)).toBe(true)
  expect(answer).toHaveBeenCalledTimes(1)
})

test('without its dead letter, the outcome can not be told any more; another error may pass', async () => {
  const answering = (status: number) => vi.stubGlobal('fetch', async () => Response.json({ detail: 'No.' }, { status }))
  answering(404)
  const outcome = await readOutcome('payment', '1', signal)
  expect(outcome).toEqual({ kind: 'unknown', why: 'The service has deleted its dead letter.' })
  expect(isFinal(outcome)).toBe(true)
  answering(503)
  expect(await readOutcome('payment', '1', signal)).toEqual({ kind: 'waiting', why: 'No.' })
})
