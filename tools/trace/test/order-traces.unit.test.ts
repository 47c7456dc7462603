/** The checks of traces detect each kind of fault. */
import { expect, test } from 'vitest'
import { batchFaultsOf, faultsOf, tracesOf } from '../src/order-traces.ts'
import type { ReceivedSpan } from '../src/otlp.ts'

const traceId = 'a'.repeat(32)
const ofOrder = (orderId: string) => ({ 'messaging.message.conversation_id': orderId })

const aSpan = (spanId: string, parentSpanId: string | null, given: Partial<ReceivedSpan> = {}): ReceivedSpan => ({
  traceId,
  spanId,
  parentSpanId,
  resource: {},
  scope: 'test',
  name: 'process OrderPlaced',
  kind: 'consumer',
  attributes: ofOrder('one'),
  links: [],
  failed: false,
  startMs: 0,
  endMs: 0,
  ...given,
})

const root = aSpan('1', null, { name: 'POST /orders', kind: 'server', attributes: {} })
const whole = [root, aSpan('2', '1'), aSpan('3', '2')]

const faultsIn = (spans: readonly ReceivedSpan[]): string[] => {
  const { traces, faults } = tracesOf(spans)
  return [...faults, ...[...traces.values()].flatMap(faultsOf)]
}

test('a complete trace has no fault', () => {
  expect(faultsIn(whole)).toEqual([])
})

test.each<[string, readonly ReceivedSpan[], string]>([
  ['a span whose parent is lost', whole.filter(({ spanId }) => spanId !== '2'), 'begins with POST /orders, process'],
  ['a second root', [...whole, aSpan('4', null)], 'begins with POST /orders, process'],
  ['a root that is not a request', whole.slice(1), 'begins with process'],
  ['an order in two traces', [...whole, aSpan('4', '1', { traceId: 'b'.repeat(32) })], 'one is in 2 traces'],
  ['a trace of two orders', [...whole, aSpan('4', '2', { attributes: ofOrder('two') })], 'has 2 orders'],
])('%s is a fault', (_, spans, fault) => {
  expect(faultsIn(spans).join()).toContain(fault)
})

test('a batch and its messages link to each other', () => {
  const batch = aSpan('9', null, { name: 'batch', kind: 'internal', links: [{ traceId, spanId: '2' }] })
  const handled = aSpan('2', '1', { links: [{ traceId, spanId: '9' }] })
  const statement = aSpan('8', '9', { name: 'COMMIT', kind: 'client', attributes: { 'db.system.name': 'postgresql' } })
  expect(batchFaultsOf([batch, handled, statement])).toEqual([])
  expect(batchFaultsOf([batch, { ...handled, links: [] }, statement])).toHaveLength(1)
  expect(batchFaultsOf([batch, statement])).toHaveLength(1)
  expect(batchFaultsOf([batch, handled])).toEqual(['a batch has no statements'])
  for (const wrong of [{ parentSpanId: '1' }, { kind: 'consumer' }])
    expect(batchFaultsOf([{ ...batch, ...wrong }, handled, statement])).toHaveLength(1)
})
