/** `/metrics` of messages, of the connections to Postgres, and of the process. */

import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { draft, seal } from '../../post.ts'
import { aParcelOf, onTheWire, openTracker, type Tracker } from '../../tally/tracker.ts'

let tracker: Tracker
beforeAll(async () => {
  tracker = await openTracker('the in-process broker', { RETRY_ATTEMPTS: '2' })
})
afterAll(() => tracker.end())

// The first test, because later ones cause tasks too.
it('shows the lag of tasks, without tasks of which an attempt has failed', async () => {
  const announce = (ageMs: number) => {
    const { parcelId, sender, weight } = aParcelOf('sender')
    const task = draft('Announce', { parcelId, sender, weight, occasion: 'parcel_sent' })
    return tracker.sendTo('tracker.tasks', seal(task, { service: 'tracker', now: new Date(Date.now() - ageMs) }))
  }
  const lag = async (series: 'count' | 'sum'): Promise<number> => {
    const pattern = new RegExp(`^quadrille_task_lag_seconds_${series}\\{.*queue="tracker.tasks".*\\} (\\S+)$`, 'm')
    return Number(pattern.exec(await tracker.metrics())?.[1])
  }
  expect(await lag('count')).toBe(0)
  tracker.faults.taskFault = {}
  await announce(3_600_000)
  await waitFor(() => expect(tracker.faults.calls).toBe(1))
  tracker.faults.taskFault = null
  await waitFor(() => expect(tracker.done).toHaveLength(1))
  await announce(60_000)
  await announce(60_000)
  await waitFor(async () => expect(await lag('count')).toBe(2))
  expect(await lag('sum')).toBeGreaterThan(2 * 59)
  expect(await lag('sum')).toBeLessThan(2 * 90)
})

it('shows the lag of messages, the use of connections, and the resources of the process', async () => {
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

it('shows how far the clock of a publisher is ahead', async () => {
  const ahead = async () => Number(/^quadrille_message_ahead_seconds\{.*\} (\S+)$/m.exec(await tracker.metrics())?.[1])
  expect(await ahead()).toBe(0)
  for (const seconds of [0, 300, 20]) {
    const now = new Date(Date.now() + seconds * 1_000)
    await tracker.send(onTheWire(seal(draft('ParcelSent', aParcelOf('good')), { service: 'counter', now })))
  }
  await waitFor(async () => expect(await ahead()).toBeGreaterThan(200))
  expect(await ahead()).toBeLessThanOrEqual(300)
})
