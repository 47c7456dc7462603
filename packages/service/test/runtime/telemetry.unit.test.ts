import { diag } from '@opentelemetry/api'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { startTelemetry } from '../../src/runtime/telemetry.ts'

afterEach(() => void vi.unstubAllEnvs())

test('tracing does not start if LOG_LEVEL is wrong, because the start of the service reports it', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:9')
  vi.stubEnv('LOG_LEVEL', 'verbose')
  const telemetry = await startTelemetry('test')
  await telemetry.stop()
})

test('a fault of tracing is logged where the caller wants it', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:9')
  vi.stubEnv('LOG_LEVEL', 'warn')
  const lines: string[] = []
  const telemetry = await startTelemetry('test', { write: (line) => void lines.push(line) })
  onTestFinished(() => telemetry.stop())
  onTestFinished(() => diag.disable())
  diag.warn('as an example')
  expect(lines).toEqual([expect.stringContaining('"fault":"as an example"')])
})
