/** `/metrics` of messages, of the connections to Postgres, and of the process. */

import { waitUntil } from '@quadrille/testing/waiting'
import { expect, it, onTestFinished } from 'vitest'
import { draft, seal } from '../../post.ts'
import { aParcelOf, onTheWire, openTracker } from '../../tally/tracker.ts'

it('shows the lag of messages, the use of connections, and the resources of the process', async () => {
  const tracker = await openTracker('the in-process broker')
  onTestFinished(() => tracker.end())
  const minuteAgo = new Date(Date.now() - 60_000)
  for (let count = 0; count < 3; count += 1)
    await tracker.send(onTheWire(seal(draft('ParcelSent', aParcelOf('good')), { service: 'counter', now: minuteAgo })))
  const page = await waitUntil(async () => {
    const now = await tracker.metrics()
    return now.includes('quadrille_message_lag_seconds_count{service="tracker",type="ParcelSent"} 3') ? now : null
  })
  const figure = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1])
  const lag = figure('quadrille_message_lag_seconds_sum\\{service="tracker",type="ParcelSent"\\}')
  expect(lag).toBeGreaterThan(3 * 59)
  expect(lag).toBeLessThan(3 * 90)
  expect(figure('quadrille_postgres_connections_open\\{service="tracker"\\}')).toBeGreaterThan(0)
  expect(figure('quadrille_postgres_connections_waiting\\{service="tracker"\\}')).toBe(0)
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes'])
    expect(figure(name), name).toBeGreaterThan(0)
  expect(figure('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0) // 0 while the process is idle
  const declared = page.match(/^# TYPE \S+/gm) ?? []
  expect(declared).toEqual([...new Set(declared)])
})
