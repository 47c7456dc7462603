import { expect, it } from 'vitest'
import { aMessage } from '../conformance/index.ts'
import { CaughtUp } from '../src/in-process/caught-up.ts'
import type { Entry } from '../src/in-process/entry.ts'

const anEntry = (key: string): Entry => ({
  ...{ message: aMessage(key), exchange: '', attempts: 0, crashes: 0, firstFailedAt: null },
  origin: { kind: 'stored', key },
})

/** All publishers have published the messages that waited in their outboxes at the start. */
const aCaughtUp = () => {
  let nowMs = 0
  const caughtUp = new CaughtUp({ drained: () => true, nowMs: () => nowMs })
  expect(caughtUp.done()).toBe(false)
  return { caughtUp, pass: (ms: number) => (nowMs += ms) }
}

it('has caught up when everything is settled that a complete poll has found', () => {
  const { caughtUp } = aCaughtUp()
  const [first, second] = [anEntry('m1'), anEntry('m2')]
  caughtUp.pollBegins(true)
  caughtUp.pollFoundAll([first, second])
  caughtUp.gone(first)
  expect(caughtUp.done()).toBe(false)
  caughtUp.gone(second)
  expect(caughtUp.done()).toBe(true)
})

it('does not count a poll that began while an entry was being stored', () => {
  const { caughtUp } = aCaughtUp()
  caughtUp.pollBegins(false)
  caughtUp.pollFoundAll([])
  expect(caughtUp.done()).toBe(false)
  caughtUp.pollBegins(true)
  caughtUp.pollFoundAll([])
  expect(caughtUp.done()).toBe(true)
})

it('does not wait indefinitely for an entry that stays unsettled', () => {
  const { caughtUp, pass } = aCaughtUp()
  caughtUp.pollBegins(true)
  caughtUp.pollFoundAll([anEntry('m1')])
  pass(29_999)
  expect(caughtUp.done()).toBe(false)
  pass(1)
  expect(caughtUp.done()).toBe(true)
})
