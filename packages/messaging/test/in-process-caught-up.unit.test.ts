import { expect, it, onTestFinished, vi } from 'vitest'
import { aMessage } from '../conformance/index.ts'
import { CaughtUp } from '../src/in-process/caught-up.ts'
import type { Entry } from '../src/in-process/entry.ts'

const anEntry = (key: string): Entry => ({
  ...{ message: aMessage(key), exchange: '', attempts: 0, crashes: 0, firstFailedAt: null },
  origin: { kind: 'stored', key },
})

/** All publishers have published the messages that waited in their outboxes at the start. */
const aCaughtUp = () => {
  const caughtUp = new CaughtUp(() => true)
  expect(caughtUp.done()).toBe(false)
  return caughtUp
}

it('has caught up when everything is settled that a complete poll has found', () => {
  const caughtUp = aCaughtUp()
  const [first, second] = [anEntry('m1'), anEntry('m2')]
  caughtUp.pollBegins(true)
  caughtUp.pollFoundAll([first, second])
  caughtUp.gone(first)
  expect(caughtUp.done()).toBe(false)
  caughtUp.gone(second)
  expect(caughtUp.done()).toBe(true)
})

it('does not count a poll that began while an entry was being stored', () => {
  const caughtUp = aCaughtUp()
  caughtUp.pollBegins(false)
  caughtUp.pollFoundAll([])
  expect(caughtUp.done()).toBe(false)
  caughtUp.pollBegins(true)
  caughtUp.pollFoundAll([])
  expect(caughtUp.done()).toBe(true)
})

it('does not wait indefinitely for an entry that stays unsettled', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const caughtUp = aCaughtUp()
  caughtUp.pollBegins(true)
  caughtUp.pollFoundAll([anEntry('m1')])
  vi.advanceTimersByTime(29_999)
  expect(caughtUp.done()).toBe(false)
  vi.advanceTimersByTime(1)
  expect(caughtUp.done()).toBe(true)
})
