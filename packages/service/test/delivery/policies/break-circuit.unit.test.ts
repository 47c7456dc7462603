import { limitConcurrency } from '@quadrille/async'
import { noon } from '@quadrille/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createBreaker } from '../../../src/delivery/breaker.ts'
import { Incoming } from '../../../src/delivery/incoming.ts'
import { breakCircuit, confirmCircuit, isOutage } from '../../../src/delivery/policies/break-circuit.ts'
import { type Policy, withPolicies } from '../../../src/delivery/policy.ts'
import { TaskError, type TaskFault } from '../../../src/errors/task-fault.ts'
import { aParcel, draft, post, seal } from '../../post.ts'
import { aDelivery } from '../a-delivery.ts'

/** Each is about a parcel of its own. */
const aBody = () => Buffer.from(JSON.stringify(seal(draft('ParcelSent', aParcel()), { service: 'counter', now: noon })))

const openBreaker = () => {
  const changes: string[] = []
  let nowMs = 0
  const breaker = createBreaker({
    onChange: (state) => void changes.push(state),
    opensAt: () => true,
    now: () => nowMs,
  })
  breaker.admit()?.failed({ subject: 'another' })
  nowMs += 1_000
  return { breaker, changes }
}

const failing = (policy: Policy, facts: TaskFault, body = aBody()) =>
  policy(async (batch) => batch.map(() => ({ status: 'failed', error: new TaskError('no answer', facts) })))([
    new Incoming(aDelivery({ body }), post),
  ])

/** A circuit that opens as in a service, and time that the test passes. */
const aCircuit = () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const breaker = createBreaker({ onChange: () => undefined, opensAt: isOutage })
  const policy = breakCircuit(breaker)
  const fail = async (facts: TaskFault, body = aBody()) => (await failing(policy, facts, body))[0]?.status
  return { breaker, policy, fail }
}

it('an unconfirmed probe counts as an attempt, and leaves the circuit open', async () => {
  const { breaker, changes } = openBreaker()
  expect(await failing(breakCircuit(breaker), { limited: true })).toMatchObject([{ status: 'failed' }])
  expect([changes, breaker.admit()?.isProbe]).toEqual([['open'], true])
})

it('a refusal that may concern one task counts as an attempt, even during an outage, until five tasks got one', async () => {
  const { breaker, fail } = aCircuit()
  for (const subject of ['1', '2', '3', '4', '5']) breaker.admit()?.failed({ subject })
  vi.advanceTimersByTime(86_400_000)
  const tasks = Array.from({ length: 4 }, aBody)
  const statuses: unknown[] = []
  for (const task of [...tasks, ...tasks, aBody()]) {
    vi.advanceTimersByTime(10_000)
    statuses.push(await fail({ outage: true, limited: true }, task))
  }
  expect(statuses).toEqual([...Array(8).fill('failed'), 'not_now'])
})

it('a refusal that may concern one task counts as an attempt again a day after five, and no other failure does', async () => {
  const { fail } = aCircuit()
  const refused = { outage: true, limited: true }
  const refuseFive = async () => {
    for (let task = 0; task < 4; task += 1) expect(await fail(refused)).toBe('failed')
    expect(await fail(refused)).toBe('not_now')
  }
  await refuseFive()
  vi.advanceTimersByTime(10_000)
  expect(await fail({ outage: false })).toBe('failed') // an answer, after which five are needed again, and a day begins
  await refuseFive()
  vi.advanceTimersByTime(86_399_999)
  expect(await fail(refused)).toBe('not_now')
  vi.advanceTimersByTime(10_000)
  expect(await fail(refused)).toBe('failed')
  vi.advanceTimersByTime(10_000)
  expect(await fail({ outage: true })).toBe('not_now')
})

it('a probe that the external system refuses closes the circuit', async () => {
  const { breaker, changes } = openBreaker()
  expect(await failing(breakCircuit(breaker), { outage: false })).toMatchObject([{ status: 'failed' }])
  expect(changes).toEqual(['open', 'closed'])
})

it.each([
  [{ outage: true }, 'long'],
  [{ outage: true, limited: true }, 'short'],
])('a task that opens the circuit by %j has a %s wait, as do those that find it open', async (facts, wait) => {
  const { policy, fail } = aCircuit()
  for (let task = 0; task < 4; task += 1) expect(await fail(facts)).toBe('failed')
  const waits = { status: 'not_now', wait }
  expect([await failing(policy, facts), await failing(policy, facts)]).toMatchObject([[waits], [waits]])
})

it('a suspect makes no call if the call of an earlier one has opened the circuit', async () => {
  const breaker = createBreaker({ onChange: () => undefined, opensAt: () => true })
  const oneAtATime = limitConcurrency(1)
  const isolate: Policy = (next) => (batch) =>
    oneAtATime(async () => {
      await new Promise(setImmediate) // the start is recorded
      return next(batch)
    })
  let calls = 0
  const handle = withPolicies([breakCircuit(breaker), isolate, confirmCircuit(breaker)], async (batch) => {
    calls += batch.length
    return batch.map(() => ({ status: 'failed', error: new TaskError('no answer', { outage: true }) }))
  })
  const suspects = [1, 2].map(() => handle([new Incoming(aDelivery({ body: aBody() }), post)]))
  expect(await Promise.all(suspects)).toMatchObject([
    [{ status: 'not_now', error: { name: 'TaskError' } }],
    [{ status: 'not_now', error: { name: 'CircuitOpen' } }],
  ])
  expect(calls).toBe(1)
})
