import { expect, test } from 'vitest'
import { isOperational } from '../../src/telemetry/operational.ts'

test.each([
  '/metrics',
  '/metrics?name=up',
  '/health/live',
  '/health/ready?full',
  '/payment/metrics',
  '/order/health/ready',
])('%s gets no span', (url) => expect(isOperational(url)).toBe(true))

test.each(['/orders', '/metrics/x', '/orders/metrics/x', '/metricsx', '/', '/orders?path=/metrics', '/a/b/metrics'])(
  '%s gets a span',
  (url) => expect(isOperational(url)).toBe(false),
)
