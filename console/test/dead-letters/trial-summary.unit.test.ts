import { expect, test } from 'vitest'
import { mayHelp, summaryOf } from '../../src/page/views/dead-letters/trial-summary.ts'

test('dry runs are counted by their outcome, with the messages that they would cause', () => {
  const reserved = { outcome: 'applied', events: [{ type: 'InventoryReserved' }], tasks: [] } as const
  const rejected = { outcome: 'applied', events: [{ type: 'InventoryRejected' }], tasks: [] } as const
  expect(summaryOf([reserved, reserved, rejected, { outcome: 'failed' }])).toBe(
    '3 would be handled (2 × InventoryReserved, 1 × InventoryRejected), 1 would fail again.',
  )
})

test('a message without an effect on others is said to have none', () => {
  expect(summaryOf([{ outcome: 'applied', events: [], tasks: [] }])).toBe(
    '1 would be handled (each alone leads to no event and no task).',
  )
})

test('a replay is not suggested if all of them would fail again', () => {
  expect(mayHelp([{ outcome: 'failed' }, { outcome: 'failed' }])).toBe(false)
  expect(mayHelp([{ outcome: 'failed' }, { outcome: 'not_tried' }])).toBe(true)
})
