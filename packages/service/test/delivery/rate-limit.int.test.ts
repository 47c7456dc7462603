/** Rate limits of tasks: while no permit is available, tasks wait, and nothing else changes. */

import { openDatabase } from '@quadrille/postgres'
import { createTestDatabase, noon } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { createPostgresAvailability } from '../../src/core/postgres-availability.ts'
import { createPermits } from '../../src/delivery/permits.ts'
import { migrateAll } from '../../src/tools.ts'
import { draft, seal } from '../post.ts'
import { aParcelOf, brokers, onTheWire, openTracker, type Tracker } from '../tally/tracker.ts'
import { tracked } from '../tally/tracker-service.ts'

const aSent = () => seal(draft('ParcelSent', aParcelOf('sender')), { service: 'counter', now: noon })

const anAnnouncement = () => {
  const { parcelId, sender, weight } = aParcelOf('sender')
  const task = draft('Announce', { parcelId, sender, weight, occasion: 'parcel_sent' })
  return seal(task, { service: 'tracker', now: noon })
}

const neverLost = () => false

/** No permit becomes available during the test. */
const perHour = 1 / 3_600

describe('permits', () => {
  const open = async () => {
    const test = await createTestDatabase(inject('postgresUrl'), {
      name: 'tracker',
      fill: (url) => migrateAll(url, tracked),
    })
    const database = openDatabase({ url: test.url, applicationName: 'test', max: 2, onIdleError: () => undefined })
    onTestFinished(async () => {
      await database.end()
      await test.drop()
    })
    const stopping = new AbortController()
    const availability = createPostgresAvailability({ signal: stopping.signal })
    const ofLimit = (perSecond: number) =>
      createPermits({ limits: [{ name: 'calls', perSecond }], database, availability, stopping: stopping.signal })
    return { database, stopping, ofLimit }
  }

  it('are given in the order of the calls, and again when some become available', async () => {
    const { database, ofLimit } = await open()
    const permits = ofLimit(perHour)
    const order: number[] = []
    const taken = Array.from({ length: 3 }, (_, index) => permits.take(neverLost).then(() => order.push(index)))
    await taken[0]
    for (const expected of [
      [0, 1],
      [0, 1, 2],
    ]) {
      await database.query('update rate_limit set full_at = now()')
      await waitFor(() => expect(order).toEqual(expected))
    }
  })

  it('are not taken for a lost delivery, and no longer awaited when the service stops', async () => {
    const { stopping, ofLimit } = await open()
    const permits = ofLimit(perHour)
    expect(await permits.take(neverLost)).toBe(true)
    let isLost = false
    const [lost, kept] = [permits.take(() => isLost), permits.take(neverLost)]
    isLost = true
    expect(await lost).toBe(false)
    expect(await Promise.race([kept, 'still waits'])).toBe('still waits')
    stopping.abort()
    expect(await kept).toBe(false)
  })

  it('are given again after a statement has failed', async () => {
    const { database, ofLimit } = await open()
    const permits = ofLimit(perHour)
    await database.query("alter table rate_limit add constraint refuses check (name = '')")
    await expect(permits.take(neverLost)).rejects.toThrow('refuses')
    await database.query('alter table rate_limit drop constraint refuses')
    expect(await permits.take(neverLost)).toBe(true)
  })

  it('are shared by all instances', async () => {
    const { ofLimit, stopping } = await open()
    const taken = [ofLimit(perHour), ofLimit(perHour)].map((permits) => permits.take(neverLost))
    expect(await Promise.race(taken)).toBe(true)
    stopping.abort()
    expect((await Promise.all(taken)).toSorted()).toEqual([false, true])
  })
})

let tracker: Tracker
afterEach(() => tracker?.end())

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('TASK_RATE on %s', (kind) => {
  it('lets tasks wait without a slot and without an attempt', async () => {
    tracker = await openTracker(kind, { TASK_RATE: '1/h', TASK_CONCURRENCY: '4' })
    const done = (count: number) => waitFor(() => expect(tracker.done).toHaveLength(count))
    await Promise.all(Array.from({ length: 3 }, () => tracker.send(onTheWire(aSent()))))
    await done(1)
    const figure = async (name: string) =>
      new RegExp(`^quadrille_${name}\\{.*queue="tracker.tasks".*\\} (\\S+)$`, 'm').exec(await tracker.metrics())?.[1]
    await waitFor(async () => expect(await figure('tasks_rate_limited')).toBe('2'))
    await waitFor(async () => expect(await figure('consumer_utilisation')).toBe('0'))
    await tracker.database.query('update rate_limit set full_at = now()')
    await done(2)
    const drainMs = 3_000 // for which a service waits for running tasks
    let stopMs = drainMs
    for (let tries = 0; tries < 3 && stopMs >= drainMs; tries += 1) {
      await waitFor(async () => expect(await figure('tasks_rate_limited')).toBe('1'))
      const stoppingAtMs = Date.now()
      await tracker.restart()
      stopMs = Number(tracker.log.findLast(({ msg }) => msg === 'stopped')?.['time']) - stoppingAtMs
    }
    expect(stopMs).toBeLessThan(drainMs) // the fastest of three: a pause of the machine may slow one down
    await waitFor(async () => expect(await figure('tasks_rate_limited')).toBe('1'))
    expect(tracker.done).toHaveLength(2)
    await tracker.database.query('update rate_limit set full_at = now()')
    await done(3)
    expect(new Set(tracker.done).size).toBe(3)
    expect(await tracker.database.query('select 1 from retry union all select 1 from dead_letter')).toEqual([])
    expect(await tracker.metrics()).not.toMatch(/quadrille_retries_total\{.*\} [1-9]/)
  })
})

const refused = 'Postgres refuses or cancels a statement: its messages wait, others go on'

it('the log says so if tasks wait because no permit can be taken', async () => {
  tracker = await openTracker('the in-process broker', { TASK_RATE: '10/s' })
  await tracker.database.query('alter table rate_limit rename to mislaid')
  await tracker.send(onTheWire(aSent()))
  await waitFor(() =>
    expect(tracker.log.filter(({ msg }) => msg === refused)).toMatchObject([{ err: { code: '42P01' } }]),
  )
  await tracker.database.query('alter table mislaid rename to rate_limit')
  await waitFor(() => expect(tracker.done).toHaveLength(1))
})

it('tasks that wait for a permit while the circuit opens make no call', async () => {
  tracker = await openTracker('the in-process broker', { TASK_RATE: '5/s', RETRY_ATTEMPTS: '2' })
  tracker.faults.taskFault = { outage: true }
  const tasks = 20
  await Promise.all(Array.from({ length: tasks }, () => tracker.send(onTheWire(aSent()))))
  // Five failures open the circuit. Each of the other tasks then gets a permit within three seconds.
  await waitFor(async () => {
    const page = await tracker.metrics()
    expect(page).toMatch(/^quadrille_circuit_open\{.+\} 1$/m)
    expect(page).toMatch(/^quadrille_tasks_rate_limited\{.+\} 0$/m)
  })
  expect(tracker.faults.calls).toBeLessThanOrEqual(tasks / 2) // five, and the probes
})

it('a suspected poison message that waits for another permit after an outage delays no other suspect', async () => {
  tracker = await openTracker('the in-process broker', { TASK_RATE: '1/h' })
  const away = openDatabase({
    ...{ url: 'postgres://127.0.0.1:1/away', applicationName: 'test' },
    onIdleError: () => undefined,
  })
  onTestFinished(() => away.end())
  tracker.faults.afterCall = () => away.query('select 1')
  const suspected = 3 // crashes
  await tracker.sendTo('tracker.tasks', anAnnouncement(), suspected)
  await waitFor(() => expect(tracker.faults.calls).toBe(1))
  await waitFor(async () => expect(await tracker.metrics()).toMatch(/^quadrille_tasks_rate_limited\{.+\} 1$/m))
  await tracker.sendTo('tracker.inbox', aSent(), suspected)
  await waitFor(async () => expect(await tracker.database.query('select 1 from tally')).toHaveLength(1))
  expect(tracker.faults.calls).toBe(1)
})
