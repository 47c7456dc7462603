import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LoggedOperation } from '../../src/page/api/types.ts'
import { mergeLogs, type ServiceLog, withMissing } from '../../src/page/views/operations/merge-logs.ts'

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString()

/** The detail identifies it. */
const operation = (second: number, detail = String(second)): LoggedOperation => ({
  ...{ at: at(second), operation: 'cancel', operator: 'ada', outcome: 'done', detail },
  ...{ note: null, orderId: null, deadLetterId: null, messageType: null },
})

const log = (service: string, seconds: readonly number[], nextCursor: string | null = null): ServiceLog => ({
  service,
  nextCursor,
  items: seconds.map((second) => operation(second)),
})

const merged = (...logs: ServiceLog[]) => {
  const { operations, behind } = mergeLogs(logs)
  return { shown: operations.map(({ service, detail }) => `${service} ${detail}`), behind }
}

test('complete logs are merged, the newest first', () => {
  expect(merged(log('order', [9, 4, 1]), log('payment', [7, 5]), log('inventory', []))).toEqual({
    shown: ['order 9', 'payment 7', 'payment 5', 'order 4', 'order 1'],
    behind: [],
  })
})

test('an operation is held back while another service may have a newer one', () => {
  expect(merged(log('order', [9, 4, 1]), log('payment', [7, 5], 'older'))).toEqual({
    shown: ['order 9', 'payment 7', 'payment 5'],
    behind: ['payment'],
  })
})

test('the log continues with the service that has been read the least far', () => {
  expect(merged(log('order', [9, 8], 'older'), log('payment', [9, 2], 'older')).behind).toEqual(['order'])
  expect(merged(log('order', [9, 5], 'older'), log('payment', [5], 'older')).behind).toEqual(['order', 'payment'])
})

test('reading page by page shows each operation once, in the order of time, and ends', () => {
  const seconds = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 })
  fc.assert(
    fc.property(fc.array(seconds, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 4 }), (all, pageSize) => {
      const whole = all.map((times, index) => ({
        service: `s${index}`,
        items: times.toSorted((one, other) => other - one).map((time, place) => operation(time, `${index}.${place}`)),
      }))
      const read = new Map(whole.map(({ service }) => [service, pageSize]))
      let previous: string[] = []
      for (let rounds = 0; rounds < 100; rounds += 1) {
        const logs = whole.map(({ service, items }) => {
          const count = read.get(service) ?? 0
          return { service, items: items.slice(0, count), nextCursor: count < items.length ? 'older' : null }
        })
        const { operations, behind } = mergeLogs(logs)
        const times = operations.map((shown) => shown.at)
        expect(times).toEqual(times.toSorted().toReversed())
        const shown = operations.map(({ detail }) => detail ?? '')
        expect(shown.length).toBeGreaterThanOrEqual(previous.length)
        previous = shown
        if (behind.length === 0) break
        for (const service of behind) read.set(service, (read.get(service) ?? 0) + pageSize)
      }
      expect(previous.toSorted()).toEqual(whole.flatMap(({ items }) => items.map(({ detail }) => detail)).toSorted())
    }),
    { numRuns: 100 },
  )
})

test('a service that answers after older operations were asked for is part of the log', () => {
  const kept = [log('order', [9, 4, 1])]
  expect(withMissing(kept, [log('order', [10, 9]), log('payment', [7])])).toEqual([...kept, log('payment', [7])])
})
