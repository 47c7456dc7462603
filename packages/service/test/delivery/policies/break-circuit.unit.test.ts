import { expect, it } from 'vitest'
import { Incoming } from '../../../src/delivery/incoming.ts'
import { breakCircuit } from '../../../src/delivery/policies/break-circuit.ts'
import { createBreaker } from '../../../src/delivery/policies/breaker.ts'
import { TaskError, type TaskFault } from '../../../src/errors/task-fault.ts'
import { post } from '../../post.ts'
import { aDelivery } from '../a-delivery.ts'

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
  )([new Incoming(aDelivery(), post)])

it('an unconfirmed probe counts as an attempt, and leaves the circuit open', async () => {
  const { breaker, changes } = openBreaker()
  expect(await failing(breaker, { limited: true })).toMatchObject([{ status: 'failed' }])
  expect([changes, breaker.admit()?.isProbe]).toEqual([['open'], true])
})

it('a probe that the external system refuses closes the circuit', async () => {
  const { breaker, changes } = openBreaker()
  expect(await failing(breaker, { outage: false })).toMatchObject([{ status: 'failed' }])
  expect(changes).toEqual(['open', 'closed'])
})
