/** `/metrics` while a queue grows faster than it is processed, and afterwards. */

import { noon } from '@quadrille/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { draft, seal } from '../../post.ts'
import { aParcelOf, brokers, onTheWire, openStage, type Stage } from '../../tally/tallier.ts'

/** More than the in-process broker keeps in memory. */
const parcels = 600

const place = (stage: Stage, count: number) =>
  Promise.all(
    Array.from({ length: count }, () =>
      stage.send(onTheWire(seal(draft('ParcelSent', aParcelOf('good')), { service: 'counter', now: noon }))),
    ),
  )

/** The current metrics of a queue. */
const figuresOf = async (stage: Stage, queue: string) => {
  const page = await stage.metrics()
  const figure = (name: string) => {
    const [, value] = new RegExp(`^${name}\\{queue="${queue}",service="tallier"\\} (.+)$`, 'm').exec(page) ?? []
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

const shows = (stage: Stage, expected: { [Name in keyof Figures]: unknown }, queue = 'tallier.tasks') =>
  vi.waitFor(async () => expect(await figuresOf(stage, queue)).toEqual(expected), { timeout: 20_000, interval: 50 })

const between = (least: number, most: number) =>
  expect.toSatisfy((figure: unknown) => typeof figure === 'number' && figure >= least && figure <= most)

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('on %s', (kind) => {
  it('more instances are wanted while tasks are slow, and one is enough afterwards', async () => {
    const stage = await openStage(kind, { TASK_CONCURRENCY: '4' })
    onTestFinished(() => stage.end())
    await shows(stage, { depth: 0, consumers: 1, utilisation: 0, wanted: 1 })
    stage.faults.taskMs = 400 // 10 tasks a second
    await place(stage, parcels)
    await shows(stage, {
      depth: between(501, parcels),
      consumers: 1,
      utilisation: between(0.95, 1),
      wanted: between(2, 10),
    })
    await shows(stage, { depth: 0, consumers: 1, utilisation: between(0, 0.1), wanted: 1 }, 'tallier.inbox')
    stage.faults.taskMs = 0
    await shows(stage, { depth: 0, consumers: 1, utilisation: 0, wanted: 1 })
    expect(stage.done).toHaveLength(parcels)
  })

  it('no more instances are wanted during an outage of the external system, although all task slots are in use', async () => {
    const stage = await openStage(kind, { TASK_CONCURRENCY: '8', RETRY_ATTEMPTS: '2' })
    onTestFinished(() => stage.end())
    stage.faults.taskFault = { outage: true }
    await place(stage, 20)
    await shows(stage, { depth: 12, consumers: 1, utilisation: between(0.95, 1), wanted: 1 })
    expect(await stage.metrics()).toMatch(/^quadrille_circuit_open\{.+\} 1$/m)
  })
})
