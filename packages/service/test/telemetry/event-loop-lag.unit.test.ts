import { collectDefaultMetrics, Registry } from 'prom-client'
import { expect, it, vi } from 'vitest'
import { replaceEventLoopLag } from '../../src/telemetry/event-loop-lag.ts'

const block = (ms: number): void => {
  for (const begun = performance.now(); performance.now() - begun < ms; );
}

it('shows the delays since the last reading, and 0 while the event loop is idle', async () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const names = registry.getMetricsAsArray().map(({ name }) => name)
  replaceEventLoopLag(registry)
  expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual(expect.arrayContaining(names))
  const longest = async () => {
    const page = await registry.metrics()
    return Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(page)?.[1])
  }
  const delayed = async () => {
    block(150)
    expect(await longest()).toBeGreaterThan(0.15)
  }
  await vi.waitFor(delayed, { timeout: 10_000 })
  await expect.poll(longest, { timeout: 10_000, interval: 1_500 }).toBe(0)
  const readings: number[] = []
  const isIdle = async () => {
    readings.push(await longest())
    return readings.length > 2 && readings.slice(-3).every((reading) => reading === 0)
  }
  await expect.poll(isIdle, { timeout: 20_000, interval: 1_500 }).toBe(true)
  block(1_500) // only once
  await expect.poll(longest, { timeout: 10_000, interval: 200 }).toBeGreaterThan(0.4)
})
