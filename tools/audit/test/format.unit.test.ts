import { expect, test } from 'vitest'
import { formatReport, jsonOf } from '../src/format.ts'

test.each([
  [{ keys: 1, answers: 0 }, '1 key, 0 answers'],
  [{ 'minor units of EUR captured': 1, SKUs: 2 }, '1 minor unit of EUR captured, 2 SKUs'],
  [{ histories: 1 }, '1 history'],
  [{ 'orders in one trace': 1, accepted: 1 }, '1 order in one trace, 1 accepted'],
])('%j is shown as %s', (checked, shown) => {
  const report = { ok: true, findings: [{ invariant: 'I1', claim: 'every order ends', checked, violations: [] }] }
  expect(formatReport(report)).toBe(`✓ I1: every order ends (${shown})`)
})

test('the JSON of a report is printed in parts, one for each violation', () => {
  const violations = [
    { subject: 'mug', detail: '"3" on hand' },
    { subject: 'order.inbox', detail: 'no answer', unchecked: true },
  ] as const
  const report = {
    ok: false,
    findings: [
      { invariant: 'I1', claim: 'every order ends', checked: { orders: 1 }, violations: [], notChecked: 'no ledger' },
      { invariant: 'I3', claim: 'stock adds up', checked: {}, violations },
    ],
  }
  const parts = [...jsonOf(report)]
  expect(JSON.parse(parts.join(''))).toEqual(report)
  expect(parts.filter((part) => part.includes('subject'))).toHaveLength(violations.length)
})
