import { afterEach, test, vi } from 'vitest'
import { startTelemetry } from '../../src/runtime/telemetry.ts'

afterEach(() => void vi.unstubAllEnvs())

test('tracing does not start if LOG_LEVEL is wrong, because the start of the service reports it', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:9')
  vi.stubEnv('LOG_LEVEL', 'verbose')
  const telemetry = await startTelemetry('test')
  await telemetry.stop()
})
