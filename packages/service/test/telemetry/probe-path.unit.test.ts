import { expect, test } from 'vitest'
import { isProbePath } from '../../src/telemetry/probe-path.ts'

test.each(['/metrics', '/health/live', '/health/ready'])('%s gets no span', (path) =>
  expect(isProbePath(path)).toBe(true),
)

test.each(['/orders', '/metrics/x', '/orders/metrics', '/metricsx', '/'])('%s gets a span', (path) =>
  expect(isProbePath(path)).toBe(false),
)
