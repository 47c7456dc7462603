import { expect, test } from 'vitest'
import type { AuditState } from '../src/audit-state.ts'
import { mayRunUnshown } from '../src/page/views/invariants/use-audit.ts'

const at = '2026-01-01T12:00:00.000Z'
const none: AuditState = { running: null, result: null, failure: null }
const resultAfter = (tookMs: number) => ({ startedAt: at, endedAt: at, tookMs, ok: true, invariants: [] })
const failureAfter = (tookMs: number) => ({ at, tookMs, reason: 'It failed.' })

test.each([
  ['there was no run', none, true],
  ['it was short', { ...none, result: resultAfter(30_000) }, true],
  ['it was long', { ...none, result: resultAfter(30_001) }, false],
  ['it has failed soon', { ...none, failure: failureAfter(1_000) }, true],
  ['it was long, and has failed', { ...none, failure: failureAfter(640_000) }, false],
  [
    'it was long, and has failed after a short one',
    { ...none, result: resultAfter(1), failure: failureAfter(640_000) },
    false,
  ],
  [
    'it has failed soon after a long one',
    { ...none, result: resultAfter(640_000), failure: failureAfter(1_000) },
    false,
  ],
])('the last run decides whether one follows while the audit is not shown: %s', (_, state, may) => {
  expect(mayRunUnshown(state)).toBe(may)
})
