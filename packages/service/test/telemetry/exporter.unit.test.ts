/** The exported part of a span. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { SpanStatusCode } from '@opentelemetry/api'
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, onTestFinished, test } from 'vitest'
import { exporterTo } from '../../src/telemetry/exporter.ts'

test('a failed statement is exported without the error message of Postgres', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/collector/`
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: exporterTo(endpoint) })] })
  const span = provider.getTracer('test').startSpan('insert customer_order')
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'invalid input syntax: "ada@example.com"' })
  span.end()
  const [request, response] = await once(server, 'request')
  const sent = (await buffer(request)).toString('latin1')
  response.end()
  await provider.shutdown()
  expect(request.url).toBe('/collector/v1/traces')
  expect(sent).toContain('insert customer_order')
  expect(sent).not.toContain('ada@example.com')
})
