import { limitConcurrency } from '@quadrille/async'
import { noon } from '@quadrille/testing'
import { expect, it } from 'vitest'
import { createBreaker } from '../../../src/delivery/breaker.ts'
import { Incoming } from '../../../src/delivery/incoming.ts'
import { breakCircuit, confirmCircuit } from '../../../src/delivery/policies/break-circuit.ts'
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

const failing = (breaker: ReturnType<typeof createBreaker>, facts: TaskFault) =>
  breakCircuit(breaker)(async (batch) =>
    batch.map(() => ({ status: 'failed', error: new TaskError('no answer', facts) })),
  )([new Incoming(aDelivery({ body: aBody() }), post)])

it('an unconfirmed probe counts as an attempt, and leaves the circuit open', async () => {
  const { breaker, changes } = openBreaker()
  expect(await failing(breaker, { limited: true })).toMatchObject([{ status: 'failed' }])
  expect([changes, breaker.admit()?.isProbe]).toEqual([['open'], true])
})

it('a refusal that may concern one task counts as an attempt, even during an outage, until five tasks got one', async () => {
  let nowMs = 0
  const breaker = createBreaker({ onChange: () => undefined, now: () => nowMs })
  for (const subject of ['1', '2', '3', '4', '5']) breaker.admit()?.failed({ subject })
  const statuses: (string | undefined)[] = []
  for (let task = 0; task < 5; task += 1) {
    nowMs += 10_000
    const [outcome] = await failing(breaker, { outage: true, limited: true })
    statuses.push(outcome?.status)
  }
  expect(statuses).toEqual(['failed', 'failed', 'failed', 'failed', 'not_now'])
})

it('a probe that the external system refuses closes the circuit', async () => {
  const { breaker, changes } = openBreaker()
  expect(await failing(breaker, { outage: false })).toMatchObject([{ status: 'failed' }])
  expect(changes).toEqual(['open', 'closed'])
})

it.each([
  [{ outage: true }, 'long'],
  [{ outage: true, limited: true }, 'short'],
])('a task that opens the circuit by %j has a %s wait, as do those that find it open', async (facts, wait) => {
  const breaker = createBreaker({ onChange: () => undefined, opensAt: () => true })
  const waits = { status: 'not_now', wait }
  expect([await failing(breaker, facts), await failing(breaker, facts)]).toMatchObject([[waits], [waits]])
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
