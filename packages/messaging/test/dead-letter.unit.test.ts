import { expect, it } from 'vitest'
import { aMessage } from '../conformance/index.ts'
import { deadLetter } from '../src/dead-letter.ts'

it.each([
  ['the time of its only attempt', null, '2026-01-01T12:00:00Z'],
  ['the time of its first attempt', new Date('2026-01-01T11:00:00Z'), '2026-01-01T11:00:00Z'],
])('a dead letter has %s, by the clock of its service', (_, firstFailedAt, first) => {
  const failedAt = new Date('2026-01-01T12:00:00Z')
  const failing = { queue: 'q', exchange: '', message: aMessage('1'), attempts: 0, firstFailedAt }
  const parked = deadLetter(failing, { reason: 'too_deep', error: new Error('no way up'), failedAt }, (text) => text)
  expect(parked).toMatchObject({ firstFailedAt: new Date(first), lastFailedAt: failedAt })
})

it('dead letters sort by that clock', () => {
  const failing = { queue: 'q', exchange: '', message: aMessage('1'), attempts: 0, firstFailedAt: null }
  const parkedAt = (failedAt: Date) =>
    deadLetter(failing, { reason: 'too_deep', error: new Error('no way up'), failedAt }, (text) => text)
  const timeOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
  const failedAt = new Date('2026-01-01T12:00:00Z')
  expect(timeOf(parkedAt(failedAt).id)).toBe(failedAt.getTime())
})
