/** Messages that are retried, that wait, and that are given up. */

import { openDatabase } from '@quadrille/postgres'
import { noon } from '@quadrille/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { aParcel, draft, seal } from '../post.ts'
import { aParcelOf, onTheWire, openStage, type Stage } from '../tally/tallier.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage('the in-process broker', { RETRY_ATTEMPTS: '2' })
})
afterEach(() => stage.end())

const letters = async () => (await stage.call('GET', '/dead-letters')).body.items
const circuit = async () => /quadrille_circuit_open\{.*\} (\d)/.exec(await stage.metrics())?.[1]
const place = (count: number) =>
  Promise.all(
    Array.from({ length: count }, () =>
      stage.send(onTheWire(seal(draft('ParcelSent', aParcelOf('fine')), { service: 'counter', now: noon }))),
    ),
  )

describe('tasks whose external system is unavailable', () => {
  it('wait until it is available again, without losing attempts', async () => {
    stage.faults.taskFault = { outage: true }
    await place(20)
    await vi.waitFor(async () => expect(await circuit()).toBe('1'), { timeout: 10_000, interval: 50 })
    // All of them at first, and two failed probes: after a second, and after two more.
    await vi.waitFor(() => expect(stage.faults.asked).toBe(22), { timeout: 10_000, interval: 50 })
    stage.faults.taskFault = null
    await vi.waitFor(() => expect(new Set(stage.done).size).toBe(20), { timeout: 20_000, interval: 50 })
    await vi.waitFor(async () => expect(await circuit()).toBe('0'), { timeout: 10_000, interval: 50 })
    expect(await letters()).toEqual([]) // though none has more than two attempts
  })

  it('keep waiting, whatever the outcome of tasks that call no external system', async () => {
    stage.faults.taskFault = { outage: true }
    await place(10)
    await vi.waitFor(async () => expect(await circuit()).toBe('1'), { timeout: 10_000, interval: 50 })
    stage.faults.unasked.add('fine')
    await vi.waitFor(() => expect(new Set(stage.done).size).toBe(10), { timeout: 20_000, interval: 50 })
    expect(await circuit()).toBe('1')
    expect(stage.log.map(({ msg }) => msg)).not.toContain('the external system of this queue answers again')
  })

  it('are never given up because of an outage, even if a post office has only one parcel', async () => {
    stage.faults.taskFault = { outage: true }
    await place(1)
    await vi.waitFor(async () => expect(await circuit()).toBe('1'), { timeout: 20_000, interval: 50 })
    stage.faults.taskFault = null
    await vi.waitFor(() => expect(stage.done).toHaveLength(1), { timeout: 20_000, interval: 50 })
    await vi.waitFor(async () => expect(await circuit()).toBe('0'), { timeout: 10_000, interval: 50 })
    expect(await letters()).toEqual([])
  })

  it('are given up one by one if it answers with errors', async () => {
    stage.faults.taskFault = { outage: false }
    await place(2)
    await vi.waitFor(async () => expect(await letters()).toHaveLength(2), { timeout: 20_000, interval: 50 })
    expect(await letters()).toMatchObject([
      { queue: 'tallier.tasks', reason: 'attempts_exhausted', attempts: 2 },
      { queue: 'tallier.tasks', reason: 'attempts_exhausted', attempts: 2 },
    ])
    await vi.waitFor(async () => expect(await circuit()).toBe('0'), { timeout: 10_000, interval: 50 })
  })
})

it('a compensation is retried indefinitely', async () => {
  await stage.restart({ RETRY_ATTEMPTS: '1' })
  const message = seal(draft('ParcelRecalled', aParcel()), { service: 'counter', now: noon })
  await stage.send(onTheWire(message))
  const retried = () => stage.log.filter(({ msg }) => msg === 'a message failed and will be retried')
  await vi.waitFor(() => expect(retried().length).toBeGreaterThanOrEqual(2), { timeout: 10_000, interval: 50 })
  expect(retried()).toMatchObject([
    { attempts: 1, delayMs: 1_000, parcelId: message.subject, type: 'ParcelRecalled' },
    { attempts: 2, delayMs: 5_000 },
  ])
  for (const delay of ['1s', '5s'])
    expect(await stage.metrics()).toMatch(
      new RegExp(`^quadrille_retries_total\\{queue="tallier.inbox",delay="${delay}",.*\\} 1$`, 'm'),
    )
  expect(await letters()).toEqual([])
})

it('a message that is not a task of the service is parked at once', async () => {
  const message = seal(draft('ParcelSent', aParcelOf('fine')), { service: 'counter', now: noon })
  await stage.send(onTheWire(message), 'tallier.tasks')
  await vi.waitFor(async () => expect(await letters()).toHaveLength(1), { timeout: 10_000, interval: 50 })
  expect(await letters()).toMatchObject([{ queue: 'tallier.tasks', reason: 'unknown_type', attempts: 1 }])
})

describe('a message behind a lock that another session holds for long', () => {
  it('goes to the retry queue without losing an attempt, and is then handled separately from new messages', {
    timeout: 90_000,
  }, async () => {
    const locked = aParcelOf('fine')
    const send = (data: typeof locked) =>
      stage.send(onTheWire(seal(draft('ParcelSent', data), { service: 'counter', now: noon })))
    const tallied = async () => (await stage.database.query('select 1 from tally')).length
    const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const another = openDatabase({
      ...{ url: stage.databaseUrl, applicationName: 'another', onIdleError: () => undefined },
      idleInTransactionMs: 60_000,
    })
    onTestFinished(() => another.end())
    const holding = another.transaction(async (sql) => {
      await sql.query(`insert into tally (parcel_id, state) values ($1, '{}')`, [locked.parcelId])
      held.resolve()
      await released.promise
      throw new Error('rolled back')
    })
    void holding.catch(held.reject)
    await held.promise
    const waiting = send(locked)
    const delayed = async () => (await stage.database.query('select 1 from retry')).length
    await vi.waitFor(async () => expect(await delayed()).toBe(1), { timeout: 30_000, interval: 50 })
    await waiting // confirmed, as the retry is stored
    await send(aParcelOf('fine'))
    expect(await tallied()).toBe(1)
    released.resolve()
    await expect(holding).rejects.toThrow('rolled back')
    await vi.waitFor(async () => expect(await tallied()).toBe(2), { timeout: 30_000, interval: 50 })
    expect(await stage.database.query('select 1 from retry')).toEqual([])
    expect(await letters()).toEqual([])
  })
})
