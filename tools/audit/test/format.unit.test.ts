import { expect, test } from 'vitest'
import { formatReport } from '../src/format.ts'

test.each([
  [{ keys: 1, answers: 0 }, '1 key, 0 answers'],
  [{ 'minor units captured': 1, SKUs: 2 }, '1 minor unit captured, 2 SKUs'],
  [{ histories: 1 }, '1 history'],
  [{ 'orders in one trace': 1, accepted: 1 }, '1 order in one trace, 1 accepted'],
])('%j is shown as %s', (checked, shown) => {
  const report = { ok: true, findings: [{ invariant: 'I1', claim: 'every order ends', checked, violations: [] }] }
  expect(formatReport(report)).toBe(`✓ I1: every order ends (${shown})`)
})
