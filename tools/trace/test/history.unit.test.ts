import { expect, test } from 'vitest'
import { drawHistory, type HistoryEvent, traceIdOf } from '../src/history.ts'

const event = (id: string, type: string, more: Partial<HistoryEvent> = {}): HistoryEvent => ({
  ...{ id, type, source: '/order', time: '2026-01-01T00:00:00.000Z' },
  ...more,
})

test('events are in time order, each below its cause', () => {
  const drawn = drawHistory([
    event('3', 'InventoryReserved', { source: '/inventory', time: '2026-01-01T00:00:00.040Z', causationid: '2' }),
    event('2', 'PaymentProcessed', { source: '/payment', time: '2026-01-01T00:00:00.021Z', causationid: 'a task' }),
    event('1', 'OrderPlaced'),
  ])
  expect(drawn.split('\n')).toEqual([
    '     ms  event',
    '      0  order: OrderPlaced',
    '     21  payment: PaymentProcessed',
    '     40    inventory: InventoryReserved',
  ])
})

test('the trace id comes from the events', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  expect(traceIdOf([event('1', 'OrderPlaced', { traceparent })])).toBe('4bf92f3577b34da6a3ce929d0e0e4736')
  expect(traceIdOf([event('1', 'OrderPlaced')])).toBeNull()
})
