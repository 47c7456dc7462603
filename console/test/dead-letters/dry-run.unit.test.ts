import { expect, test } from 'vitest'
import { isOfLetters } from '../../src/page/views/dead-letters/dry-run.ts'
import { letterOf } from './letter.ts'

test('a dry run is one of exactly the dead letters that were tried', () => {
  const results = ['1', '2'].map((id) => ({ letter: letterOf(id), trial: { outcome: 'applied' } as const }))
  const tried = { results, endedAt: '2026-11-28T12:00:00.000Z' }
  expect(isOfLetters(tried, ['1', '2'].map(letterOf))).toBe(true)
  expect(isOfLetters(tried, ['2', '1'].map(letterOf))).toBe(true)
  expect(isOfLetters(tried, [letterOf('1')])).toBe(false)
  expect(isOfLetters(tried, ['1', '2', '3'].map(letterOf))).toBe(false)
})
