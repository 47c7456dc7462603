import { expect, it } from 'vitest'
import { aMessage } from '../conformance/index.ts'
import { CatchUp } from '../src/in-process/catch-up.ts'
import type { Entry } from '../src/in-process/entry.ts'

const anEntry = (key: string): Entry => ({
  ...{ message: aMessage(key), exchange: '', attempts: 0, crashes: 0, firstFailedAt: null },
  origin: { kind: 'stored', key },
})

/** All publishers have published the messages that waited in their outboxes at the start. */
const aCatchUp = () => {
  let nowMs = 0
  const catchUp = new CatchUp({ drained: () => true, nowMs: () => nowMs })
  expect(catchUp.done()).toBe(false)
  return { catchUp, pass: (ms: number) => (nowMs += ms) }
}

it('has caught up when everything is settled that a complete poll has found', () => {
  const { catchUp } = aCatchUp()
  const [first, second] = [anEntry('m1'), anEntry('m2')]
  catchUp.pollBegins(true)
  catchUp.pollFoundAll([first, second])
  catchUp.gone(first)
  expect(catchUp.done()).toBe(false)
  catchUp.gone(second)
  expect(catchUp.done()).toBe(true)
})

it('does not count a poll that began while an entry was being stored', () => {
  const { catchUp } = aCatchUp()
  catchUp.pollBegins(false)
  catchUp.pollFoundAll([])
  expect(catchUp.done()).toBe(false)
  catchUp.pollBegins(true)
  catchUp.pollFoundAll([])
  expect(catchUp.done()).toBe(true)
})

it('does not wait indefinitely for an entry that stays unsettled', () => {
  const { catchUp, pass } = aCatchUp()
  catchUp.pollBegins(true)
  catchUp.pollFoundAll([anEntry('m1')])
  pass(29_999)
  expect(catchUp.done()).toBe(false)
  pass(1)
  expect(catchUp.done()).toBe(true)
})
