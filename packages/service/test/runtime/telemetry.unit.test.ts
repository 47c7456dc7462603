import { spawnSync } from 'node:child_process'
import { afterEach, expect, test, vi } from 'vitest'
import { startTelemetry } from '../../src/runtime/telemetry.ts'

afterEach(() => void vi.unstubAllEnvs())

test('tracing does not start if LOG_LEVEL is wrong, because the start of the service reports it', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:9')
  vi.stubEnv('LOG_LEVEL', 'verbose')
  const telemetry = await startTelemetry('test')
  await telemetry.stop()
})

test('a fault of tracing is logged where the caller wants it', () => {
  // in a process of its own, because the SDK is global
  const script = `
    const { startTelemetry } = await import('${import.meta.resolve('../../src/runtime/telemetry.ts')}')
    const { diag } = await import('${import.meta.resolve('@opentelemetry/api')}')
    const telemetry = await startTelemetry('test', { write: (line) => process.stderr.write(line) })
    diag.warn('as an example')
    await telemetry.stop()`
  const env = { PATH: process.env['PATH'], OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
  const options = { env, encoding: 'utf8' } as const
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], options)
  expect([stdout, stderr]).toEqual(['', expect.stringContaining('"fault":"as an example"')])
})
