import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { currentAnswers, readUntilFinal } from '../src/page/read-until-final.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('document', { hidden: false })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const isFinal = (outcome: string): boolean => outcome === 'handled'

test('each is read until it is final, and then nothing is read', async () => {
  const reads: string[] = []
  let outcomes: ReadonlyMap<string, string> = new Map()
  const following = readUntilFinal({
    ids: ['known', 'quick', 'slow'],
    read: async (id) => {
      reads.push(id)
      return id === 'quick' || reads.length > 3 ? 'handled' : 'waiting'
    },
    isFinal,
    known: new Map([['known', 'handled']]),
    signal: new AbortController().signal,
    onAnswers: (found) => {
      outcomes = found
    },
  })
  await vi.advanceTimersByTimeAsync(60_000)
  await following
  expect(reads).toEqual(['quick', 'slow', 'slow', 'slow'])
  expect([...outcomes]).toEqual(['known', 'quick', 'slow'].map((id) => [id, 'handled']))
})

test('an outcome that is followed no more is kept only if it is final', () => {
  const outcomes = new Map([
    ['followed', 'waiting'],
    ['forgotten', 'waiting'],
    ['final', 'handled'],
  ])
  expect([...currentAnswers(outcomes, ['followed'], isFinal).keys()]).toEqual(['followed', 'final'])
})
