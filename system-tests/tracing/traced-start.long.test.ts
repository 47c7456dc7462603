/** `npm start` exports the traces of its orders if a collector is configured. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { faultsOf, nameOf, openReceiver, pathTo, type ReceivedSpan, tracesOf } from '@quadrille/trace'
import { describe, expect, onTestFinished, test } from 'vitest'
import { main, newFolder, startIn, untilPrinted } from '../start/started.ts'
import { orderIn } from './order-in.ts'

/** All spans except for SQL statements. */
const ownSpans = (spans: readonly ReceivedSpan[]) =>
  spans.filter(({ scope }) => scope !== '@opentelemetry/instrumentation-pg')

/** The spans of one fulfilled order. */
const fulfilled = [
  'POST /orders',
  'order: ask StockLevels', // the first order with this SKU
  'inventory: answer StockLevels',
  'order: process OrderSubmitted',
  'order: send OrderPlaced',
  'payment: process OrderPlaced',
  'payment: send Charge',
  'payment: process Charge',
  'payment: process ChargeSucceeded',
  'payment: send PaymentProcessed',
  'order: process PaymentProcessed',
  'inventory: process OrderPlaced',
  'inventory: process PaymentProcessed',
  'inventory: send InventoryReserved',
  'order: process InventoryReserved',
  'order: send OrderFulfilled',
  'inventory: process OrderFulfilled',
  'notification: process OrderPlaced',
  'notification: process OrderFulfilled',
  'shipping: process OrderFulfilled',
  ...Array(2).fill('notification: send Notify'),
  ...Array(2).fill('notification: process Notify'),
  ...Array(2).fill('notification: process NotificationDelivered'),
  ...Array(2).fill('notification: send NotificationSent'),
  ...Array(2).fill('order: process NotificationSent'),
].toSorted()

/** A start takes seconds, and under the load of other tests up to half a minute. */
describe('npm start', () => {
  test('traces an order if a collector is configured', async () => {
    const receiver = await openReceiver()
    onTestFinished(() => receiver.close())
    const caller = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) }
    const started = startIn(newFolder(), [main], { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
    const traceparent = `00-${caller.traceId}-${caller.spanId}-01`
    const id = await orderIn(started, 'pm_card_visa', { traceparent })
    const { traces, faults } = tracesOf(receiver.spans)
    const spans = traces.get(id)?.spans ?? []
    expect([...receiver.faults, ...faults]).toEqual([])
    expect(faultsOf({ traceId: caller.traceId, spans })).toEqual([])
    expect(ownSpans(spans).map(nameOf).toSorted()).toEqual(fulfilled)
    expect(spans.find(({ name }) => name === 'POST /orders')).toMatchObject({
      ...caller,
      spanId: expect.any(String),
      parentSpanId: caller.spanId,
    })
    expect(pathTo(spans, 'order: process PaymentProcessed')).toEqual([
      'POST /orders',
      'order: process OrderSubmitted',
      'payment: process OrderPlaced',
      'payment: process Charge',
      'payment: process ChargeSucceeded',
      'order: process PaymentProcessed',
    ])
  })

  test('records retries with everything that follows, even if nothing else is recorded and clients are not trusted', async () => {
    const receiver = await openReceiver()
    onTestFinished(() => receiver.close())
    const folder = newFolder()
    const endpoint = join(folder, 'endpoint')
    writeFileSync(endpoint, receiver.url)
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT_FILE: endpoint, OTEL_TRACES_SAMPLER_ARG: '0', TRUST_TRACEPARENT: 'off' }
    const recorded = { traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01` }
    const id = await orderIn(startIn(folder, [main], env), 'pm_sim_flaky', recorded) // fails twice
    const { traces, faults } = tracesOf(receiver.spans)
    const names = ownSpans(traces.get(id)?.spans ?? []).map(nameOf)
    expect([...receiver.faults, ...faults]).toEqual([])
    expect(names.filter((name) => name === 'payment: process Charge')).toHaveLength(2)
    expect(names).toContain('order: process NotificationSent')
    for (const before of ['POST /orders', 'order: process OrderSubmitted', 'payment: process OrderPlaced'])
      expect(names).not.toContain(before)
  })

  test('continues without the collector, and reports that', async () => {
    const started = startIn(newFolder(), [main], {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500', // ms, of all attempts together
      OTEL_BSP_SCHEDULE_DELAY: '100', // ms
    })
    await untilPrinted(started, 'ready')
    const url = /http:\S+\/orders/.exec(started.output())?.[0] ?? ''
    expect((await fetch(url)).status).toBe(200)
    await untilPrinted(started, 'some traces are incomplete')
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
  })
})
