import { expect, test } from 'vitest'
import { isOfLetters, isRecent } from '../../src/page/views/dead-letters/dry-run.ts'
import { letterOf } from './letter.ts'

const triedAt = (atMs: number) => ({
  results: ['1', '2'].map((id) => ({ letter: letterOf(id), trial: { outcome: 'applied' } as const })),
  endedAt: new Date(atMs).toISOString(),
})

test('a dry run is one of exactly the dead letters that were tried', () => {
  expect(isOfLetters(triedAt(0), ['1', '2'].map(letterOf))).toBe(true)
  expect(isOfLetters(triedAt(0), ['2', '1'].map(letterOf))).toBe(true)
  expect(isOfLetters(triedAt(0), [letterOf('1')])).toBe(false)
  expect(isOfLetters(triedAt(0), ['1', '2', '3'].map(letterOf))).toBe(false)
})

test('a dry run is too old after five minutes', () => {
  const startMs = 1_000_000
  expect(isRecent(triedAt(startMs), startMs + 299_999)).toBe(true)
  expect(isRecent(triedAt(startMs), startMs + 300_000)).toBe(false)
})
