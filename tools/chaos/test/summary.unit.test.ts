import { expect, test } from 'vitest'
import { endsAtOnce } from '../src/faults/fault.ts'
import { summary } from '../src/report/summary.ts'

test('a kind of fault that never had a target is shown', () => {
  const planned = ['disk full', 'service killed'].map((kind) => ({
    fault: { kind, target: 'any', parts: ['any'], lastsMs: [0, 1] as const, inject: async () => endsAtOnce },
    ...{ atMs: 0, lastsMs: 0 },
  }))
  const injected = [{ kind: 'service killed', target: 'any', atMs: 0, healedAtMs: 1, overAtMs: 1 }]
  const lines = summary({ planned, injected, orders: [], healedMs: 1 }).split('\n')
  expect(lines[0]).toMatch(/^1 of 2 planned faults were injected/)
  expect(lines).toContain('  0 × disk full: too late, or without a target')
})
