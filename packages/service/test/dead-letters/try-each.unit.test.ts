import { expect, onTestFinished, test, vi } from 'vitest'
import { tryEach } from '../../src/dead-letters/http/try-each.ts'

test('no dead letter is tried after the time limit', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const tried: string[] = []
  const tryOne = async (id: string) => {
    tried.push(id)
    vi.advanceTimersByTime(15_000)
    return { outcome: 'failed' } as const
  }
  const outOfTime = { outcome: 'not_tried', detail: 'The dry run has taken too long; select fewer messages.' }
  expect(await tryEach(['a', 'b', 'c', 'd'], tryOne)).toEqual([
    { id: 'a', outcome: 'failed' },
    { id: 'b', outcome: 'failed' },
    { id: 'c', ...outOfTime },
    { id: 'd', ...outOfTime },
  ])
  expect(tried).toEqual(['a', 'b'])
})
