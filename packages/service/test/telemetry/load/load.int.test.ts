/** `/metrics` while a queue grows faster than it is processed, and afterwards. */

import { noon, sized } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { describe, expect, it, onTestFinished } from 'vitest'
import { draft, seal } from '../../post.ts'
import { aParcelOf, type brokers, onTheWire, openTracker, type Tracker } from '../../tally/tracker.ts'

/** More than the in-process broker keeps in memory. */
const parcels = 600

const sendParcels = (tracker: Tracker, count: number) =>
  Promise.all(
    Array.from({ length: count }, () =>
      tracker.send(onTheWire(seal(draft('ParcelSent', aParcelOf('good')), { service: 'counter', now: noon }))),
    ),
  )

/** The current metrics of a queue. */
const figuresOf = async (tracker: Tracker, queue: string) => {
  const page = await tracker.metrics()
  const figure = (name: string) => {
    const [, value] = new RegExp(`^${name}\\{queue="${queue}",service="tracker"\\} (.+)$`, 'm').exec(page) ?? []
    return value === undefined ? null : Number(value)
  }
  return {
    depth: figure('quadrille_queue_depth'),
    consumers: figure('quadrille_consumers'),
    utilisation: figure('quadrille_consumer_utilisation'),
    wanted: figure('quadrille_instances_wanted'),
  }
}

type Figures = Awaited<ReturnType<typeof figuresOf>>

const shows = (tracker: Tracker, expected: { [Name in keyof Figures]: unknown }, queue = 'tracker.tasks') =>
  waitFor(async () => expect(await figuresOf(tracker, queue)).toEqual(expected))

const between = (least: number, most: number) =>
  expect.toSatisfy((figure: unknown) => typeof figure === 'number' && figure >= least && figure <= most)

const kinds = sized<(keyof typeof brokers)[]>({
  quick: ['the in-process broker'],
  full: ['the in-process broker', 'RabbitMQ'],
})

describe.each(kinds)('on %s', (kind) => {
  it('more instances are wanted while tasks are slow, and one is enough afterwards', async () => {
    const tracker = await openTracker(kind, { TASK_CONCURRENCY: '4' })
    onTestFinished(() => tracker.end())
    await shows(tracker, { depth: 0, consumers: 1, utilisation: 0, wanted: 1 })
    tracker.faults.taskMs = 4_000 // one task a second
    await sendParcels(tracker, parcels)
    const busy = { consumers: 1, utilisation: expect.anything(), wanted: expect.anything() }
    await shows(tracker, { ...busy, depth: between(501, parcels) })
    tracker.faults.taskMs = 400 // 10 tasks a second
    await shows(tracker, { ...busy, depth: between(1, parcels), utilisation: between(0.95, 1), wanted: between(2, 10) })
    await shows(tracker, { depth: 0, consumers: 1, utilisation: between(0, 0.1), wanted: 1 }, 'tracker.inbox')
    tracker.faults.taskMs = 0
    await shows(tracker, { depth: 0, consumers: 1, utilisation: 0, wanted: 1 })
    expect(tracker.done).toHaveLength(parcels)
  })

  it('no more instances are wanted during an outage of the external system, although all task slots are in use', async () => {
    const tracker = await openTracker(kind, { TASK_CONCURRENCY: '8', RETRY_ATTEMPTS: '2' })
    onTestFinished(() => tracker.end())
    tracker.faults.taskFault = { outage: true }
    await sendParcels(tracker, 20)
    await shows(tracker, { depth: 12, consumers: 1, utilisation: between(0.95, 1), wanted: 1 })
    expect(await tracker.metrics()).toMatch(/^quadrille_circuit_open\{.+\} 1$/m)
    expect((await tracker.call('GET', '/queues')).body.queues[1]).toMatchObject({
      ...{ name: 'tracker.tasks', waiting: 12, instances: 1, instancesWanted: 1, circuitOpen: true },
    })
  })
})
