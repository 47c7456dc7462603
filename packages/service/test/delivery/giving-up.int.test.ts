/** Messages that are retried, postponed or given up. */

import { openDatabase } from '@quadrille/postgres'
import { noon } from '@quadrille/testing'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { aParcel, draft, seal } from '../post.ts'
import { aParcelOf, onTheWire, openTracker, type Tracker } from '../tally/tracker.ts'

let tracker: Tracker
beforeEach(async () => {
  tracker = await openTracker('the in-process broker', { RETRY_ATTEMPTS: '2' })
})
afterEach(() => tracker.end())

const deadLetters = async () => (await tracker.call('GET', '/dead-letters')).body.items
const circuit = async () => /quadrille_circuit_open\{.*\} (\d)/.exec(await tracker.metrics())?.[1]
const sendParcels = (count: number) =>
  Promise.all(
    Array.from({ length: count }, () =>
      tracker.send(onTheWire(seal(draft('ParcelSent', aParcelOf('fine')), { service: 'counter', now: noon }))),
    ),
  )

describe('tasks whose external system is unavailable', () => {
  it('wait until it is available again, without losing attempts', async () => {
    tracker.faults.taskFault = { outage: true }
    await sendParcels(20)
    await waitFor(async () => expect(await circuit()).toBe('1'))
    const opened = tracker.log.find(({ msg }) => String(msg).startsWith('the external system of this queue does not'))
    expect(opened).toMatchObject({ queue: 'tracker.tasks', err: { message: expect.stringMatching(/\w/) } })
    await waitFor(() => expect(tracker.faults.calls).toBeGreaterThan(20)) // 20 tasks, and a probe after a second
    expect(tracker.faults.calls).toBeLessThan(40) // only probes follow, not each task again
    tracker.faults.taskFault = null
    await waitFor(() => expect(new Set(tracker.done).size).toBe(20))
    await waitFor(async () => expect(await circuit()).toBe('0'))
    expect(await deadLetters()).toEqual([]) // although RETRY_ATTEMPTS is 2
  })

  it('make no call if the circuit has opened while they waited as suspected poison messages', async () => {
    tracker.faults.taskFault = { outage: true }
    const delivered = Promise.withResolvers<void>()
    tracker.faults.afterCall = () => delivered.promise // so the circuit opens when all tasks are waiting
    const suspected = 3 // crashes
    const tasks = Array.from({ length: 20 }, () => {
      const { parcelId, sender, weight } = aParcel()
      const announce = draft('Announce', { parcelId, sender, weight, occasion: 'parcel_sent' })
      return seal(announce, { service: 'tracker', now: noon })
    })
    await Promise.all(tasks.map((task) => tracker.sendTo('tracker.tasks', task, suspected)))
    const sent = () => tracker.database.query('select 1 from outbox where leased_until > now()')
    await waitFor(async () => expect(await sent()).toHaveLength(tasks.length))
    delivered.resolve()
    await waitFor(async () => expect(await circuit()).toBe('1'))
    const next = seal(draft('ParcelSent', aParcel()), { service: 'counter', now: noon })
    await tracker.sendTo('tracker.inbox', next, suspected)
    await waitFor(async () => expect(await tracker.database.query('select 1 from tally')).toHaveLength(1))
    expect(tracker.faults.calls).toBeLessThanOrEqual(tasks.length / 2) // five, and the probes
  })

  it('keep waiting, whatever the outcome of tasks that call no external system', async () => {
    tracker.faults.taskFault = { outage: true }
    await sendParcels(10)
    await waitFor(async () => expect(await circuit()).toBe('1'))
    tracker.faults.sendersWithoutCall.add('fine')
    await waitFor(() => expect(new Set(tracker.done).size).toBe(10))
    expect(tracker.log.map(({ msg }) => msg)).not.toContain('the external system of this queue answers again')
    expect(await circuit()).toBe('1')
  })

  it('are never given up because of an outage, even if a post office has only one parcel', async () => {
    tracker.faults.taskFault = { outage: true }
    await sendParcels(1)
    await waitFor(async () => expect(await circuit()).toBe('1'))
    tracker.faults.taskFault = null
    await waitFor(() => expect(tracker.done).toHaveLength(1))
    await waitFor(async () => expect(await circuit()).toBe('0'))
    expect(await deadLetters()).toEqual([])
  })

  it('are given up one by one if it answers with errors', async () => {
    tracker.faults.taskFault = { outage: false }
    await sendParcels(2)
    await waitFor(async () => expect(await deadLetters()).toHaveLength(2))
    expect(await deadLetters()).toMatchObject([
      { queue: 'tracker.tasks', reason: 'attempts_exhausted', attempts: 2 },
      { queue: 'tracker.tasks', reason: 'attempts_exhausted', attempts: 2 },
    ])
    await waitFor(async () => expect(await circuit()).toBe('0'))
  })
})

it('a compensation is retried indefinitely', async () => {
  await tracker.restart({ RETRY_ATTEMPTS: '1' })
  const message = seal(draft('ParcelRecalled', aParcel()), { service: 'counter', now: noon })
  await tracker.send(onTheWire(message))
  const retried = () => tracker.log.filter(({ msg }) => msg === 'a message failed and will be retried')
  await waitFor(() => expect(retried().length).toBeGreaterThanOrEqual(2))
  expect(retried()).toMatchObject([
    { attempts: 1, delayMs: 1_000, parcelId: message.subject, type: 'ParcelRecalled' },
    { attempts: 2, delayMs: 5_000 },
  ])
  for (const delay of ['1s', '5s'])
    expect(await tracker.metrics()).toMatch(
      new RegExp(`^quadrille_retries_total\\{queue="tracker.inbox",delay="${delay}",.*\\} 1$`, 'm'),
    )
  expect(await deadLetters()).toEqual([])
})

it('a message that is not a task of the service is parked at once', async () => {
  const message = seal(draft('ParcelSent', aParcelOf('fine')), { service: 'counter', now: noon })
  await tracker.sendTo('tracker.tasks', message)
  await waitFor(async () => expect(await deadLetters()).toHaveLength(1))
  expect(await deadLetters()).toMatchObject([{ queue: 'tracker.tasks', reason: 'unknown_type', attempts: 1 }])
})

describe('a message behind a lock that another session holds for long', () => {
  it('goes to the retry queue without losing an attempt', async () => {
    const locked = aParcelOf('fine')
    const send = (data: typeof locked) =>
      tracker.send(onTheWire(seal(draft('ParcelSent', data), { service: 'counter', now: noon })))
    const handled = async () => (await tracker.database.query('select 1 from tally')).length
    const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const another = openDatabase({
      ...{ url: tracker.databaseUrl, applicationName: 'another', onIdleError: () => undefined },
      idleInTransactionMs: 60_000,
    })
    onTestFinished(() => {
      released.resolve()
      return another.end()
    })
    const holding = another.transaction(async (sql) => {
      await sql.query(`insert into tally (parcel_id, state) values ($1, '{}')`, [locked.parcelId])
      held.resolve()
      await released.promise
      throw new Error('rolled back')
    })
    void holding.catch(held.reject)
    await held.promise
    const waiting = send(locked)
    const delayed = () => tracker.database.query('select attempts from retry')
    const stored = await waitUntil(async () => (await delayed())[0])
    expect(stored).toEqual({ attempts: 0 })
    await waiting // confirmed, as the retry is stored
    await send(aParcelOf('fine'))
    expect(await handled()).toBe(1)
    released.resolve()
    await expect(holding).rejects.toThrow('rolled back')
    await waitFor(async () => expect(await handled()).toBe(2))
    await waitFor(async () => expect(await delayed()).toEqual([]))
    expect(await deadLetters()).toEqual([])
  })
})
