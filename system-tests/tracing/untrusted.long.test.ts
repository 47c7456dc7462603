/** The traces of clients that are not trusted. */
import { openReceiver, tracesOf } from '@quadrille/trace'
import { expect, onTestFinished, test } from 'vitest'
import { main, newFolder, startIn } from '../start/started.ts'
import { orderIn } from './order-in.ts'

test('an order has its own trace, with a link to that of its client', async () => {
  const receiver = await openReceiver()
  onTestFinished(() => receiver.close())
  const caller = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) }
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, TRUST_TRACEPARENT: 'off' }
  const traceparent = `00-${caller.traceId}-${caller.spanId}-00` // not sampled
  const id = await orderIn(startIn(newFolder(), [main], env), 'pm_card_visa', { traceparent })
  const { traces, faults } = tracesOf(receiver.spans)
  const spans = traces.get(id)?.spans ?? []
  expect([...receiver.faults, ...faults]).toEqual([])
  expect(spans.find(({ name }) => name === 'POST /orders')).toMatchObject({ parentSpanId: null, links: [caller] })
  expect(spans.map(({ traceId }) => traceId)).not.toContain(caller.traceId)
})
