import type { Delivery } from '@quadrille/messaging'
import { afterEach, expect, it, vi } from 'vitest'
import { awaitPermitOf } from '../../src/delivery/await-permit.ts'
import { createBreaker } from '../../src/delivery/breaker.ts'
import { Incoming } from '../../src/delivery/incoming.ts'
import { applied, type Outcome, polled } from '../../src/delivery/outcome.ts'
import type { Permits } from '../../src/delivery/permits.ts'
import { breakCircuit } from '../../src/delivery/policies/break-circuit.ts'
import type { Handle } from '../../src/delivery/policy.ts'
import { createSlotMeter } from '../../src/delivery/slot-meter.ts'
import { createWaitingRoom } from '../../src/delivery/waiting-room.ts'
import { draft, newParcelId, post } from '../post.ts'
import { aDelivery } from './a-delivery.ts'

const incoming = (past: Partial<Delivery> = {}): Incoming => new Incoming(aDelivery({}, past), post)

afterEach(() => void vi.useRealTimers())

const all =
  (outcome: Outcome): Handle =>
  async (batch) =>
    batch.map(() => outcome)

/** Permits that the test gives. */
const open = (perform: Handle, breaker = createBreaker({ onChange: () => undefined, opensAt: () => true })) => {
  const waiting: ((granted: boolean) => void)[] = []
  const revoked: (() => boolean)[] = []
  const stopping = new AbortController()
  const slots = createSlotMeter(10)
  const permits: Permits = {
    take: (isRevoked) => {
      revoked.push(isRevoked)
      return new Promise((resolve) => waiting.push(resolve))
    },
  }
  const awaitPermit = awaitPermitOf({ queue: 'tracker.tasks', permits, slots, stopping: stopping.signal })
  return {
    ...{ waiting, stopping, slots, breaker },
    isRevoked: () => revoked.map((each) => each()),
    handle: breakCircuit(breaker, awaitPermit)(perform),
  }
}

it('a task starts with its permit, and takes one for each attempt', async () => {
  let attempts = 0
  const { waiting, slots, handle } = open(async (batch) => {
    attempts += 1
    return batch.map(() => applied)
  })
  const task = incoming()
  for (const attempt of [0, 1]) {
    const handled = handle([task])
    expect([attempts, slots.suspended()]).toEqual([attempt, 1])
    waiting[attempt]?.(true)
    expect(await handled).toEqual([applied])
    expect([attempts, slots.suspended()]).toEqual([attempt + 1, 0])
  }
})

it('a task without a permit goes to a retry queue, and stays unsettled if the service stops', async () => {
  const { waiting, stopping, handle } = open(all(applied))
  const expired = handle([incoming()])
  waiting[0]?.(false)
  expect(await expired).toMatchObject([
    {
      status: 'not_now',
      wait: 'none',
      error: { message: expect.stringMatching(/within 8 min\. .* the limit of tracker\.tasks,/) },
    },
  ])
  const stopped = handle([incoming()])
  stopping.abort()
  waiting[1]?.(false)
  expect(await stopped).toEqual([{ status: 'abandoned' }])
})

it('a task waits for its circuit and for permits for eight minutes together', async () => {
  vi.useFakeTimers()
  const room = createWaitingRoom({ onDue: () => undefined, onWaiting: () => undefined })
  const circuitOpen = polled(new Error('The circuit is open.'), 'long')
  const { waiting, isRevoked, handle } = open(all(applied))
  const task = incoming()
  const handled = handle([task])
  vi.advanceTimersByTime(240_000)
  waiting[0]?.(true)
  expect(await handled).toEqual([applied])
  expect(room.keep(task, circuitOpen)).toBe('kept')
  vi.advanceTimersByTime(239_999)
  const again = handle([task])
  expect(isRevoked()).toEqual([false, false])
  vi.advanceTimersByTime(1)
  expect(isRevoked()).toEqual([true, true])
  waiting[1]?.(false)
  expect(await again).toMatchObject([{ status: 'not_now', wait: 'none', error: { name: 'RateLimited' } }])
  expect(room.keep(task, circuitOpen)).toBe('expired')
})

it.each([true, false])(
  'a task whose delivery is lost while it waits is not performed (permit granted: %s)',
  async (granted) => {
    let isLost = false
    const { waiting, handle } = open(all(applied))
    const handled = handle([incoming({ isLost: () => isLost })])
    isLost = true
    waiting[0]?.(granted)
    expect(await handled).toEqual([{ status: 'abandoned' }])
  },
)

it('a performed task needs no permit, because it makes no further call', async () => {
  const { waiting, handle } = open(all(applied))
  const task = incoming()
  task.performed(draft('Announced', { parcelId: newParcelId(), occasion: 'parcel_sent', attempts: 1 }))
  expect(await handle([task])).toEqual([applied])
  expect(waiting).toEqual([])
})

it('a task that has waited for a permit while the circuit opened makes no call, and takes a new permit when it has closed', async () => {
  let calls = 0
  const { waiting, breaker, handle } = open(async (batch) => {
    calls += batch.length
    return batch.map(() => applied)
  })
  const task = incoming()
  const handled = handle([task])
  breaker.admit()?.failed({ subject: 'another' })
  waiting[0]?.(true)
  expect(await handled).toMatchObject([{ status: 'not_now', error: { name: 'CircuitOpen' } }])
  expect(await handle([task])).toMatchObject([{ status: 'not_now', error: { name: 'CircuitOpen' } }])
  expect([calls, waiting.length]).toEqual([0, 1])
  breaker.bypass().succeeded()
  const again = handle([task])
  expect(waiting).toHaveLength(2)
  waiting[1]?.(true)
  expect(await again).toEqual([applied])
  expect(calls).toBe(1)
})

it('a task whose circuit opens leaves the queue for permits, and the probe stays in it', async () => {
  let nowMs = 0
  const { waiting, breaker, isRevoked, handle } = open(
    all(applied),
    createBreaker({ onChange: () => undefined, opensAt: () => true, now: () => nowMs }),
  )
  const handled = handle([incoming()])
  expect(isRevoked()).toEqual([false])
  breaker.admit()?.failed({ subject: 'another' })
  nowMs += 1_000
  const probed = handle([incoming()])
  expect(isRevoked()).toEqual([true, false])
  waiting[0]?.(false)
  expect(await handled).toMatchObject([{ status: 'not_now', error: { name: 'CircuitOpen' } }])
  waiting[1]?.(true)
  expect(await probed).toEqual([applied])
})
