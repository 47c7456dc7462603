import { setImmediate as turn } from 'node:timers/promises'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { replaceEventLoopLag } from '../../src/telemetry/event-loop-lag.ts'

const block = (ms: number): void => {
  for (const begun = performance.now(); performance.now() - begun < ms; );
}

it('shows the delays since the last reading, and 0 while the event loop is idle', async () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const names = registry.getMetricsAsArray().map(({ name }) => name)
  let busyShare = 1
  let checks = 0
  const utilization = () => {
    checks += 1
    return busyShare
  }
  replaceEventLoopLag(registry, { checkEveryMs: 20, utilization })
  const nextCheck = async (from = checks) => {
    await expect.poll(() => checks, { interval: 5 }).toBeGreaterThan(from)
    await turn() // a tick of the histogram may be due too, and follow in the same turn
  }
  expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual(expect.arrayContaining(names))
  const longest = async () => {
    const page = await registry.metrics()
    return Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(page)?.[1])
  }
  await nextCheck() // the histogram measures from its first tick on, after 10 ms
  block(150)
  await nextCheck()
  expect(await longest()).toBeGreaterThan(0.1)
  busyShare = 0
  await nextCheck()
  await longest() // the delays until then
  block(150) // unnoticed, because the event loop counts as idle
  await nextCheck()
  expect(await longest()).toBe(0)
  busyShare = 1
  block(150) // ends the idle time
  await nextCheck()
  expect(await longest()).toBeGreaterThan(0.1)
})
