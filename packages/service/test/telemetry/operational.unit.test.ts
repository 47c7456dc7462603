import { expect, test } from 'vitest'
import { isOperational } from '../../src/telemetry/operational.ts'

test.each(['/metrics', '/health/live', '/health/ready'])('%s gets no span', (path) =>
  expect(isOperational(path)).toBe(true),
)

test.each(['/orders', '/metrics/x', '/orders/metrics', '/metricsx', '/'])('%s gets a span', (path) =>
  expect(isOperational(path)).toBe(false),
)
