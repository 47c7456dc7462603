/** A performed task whose outcome can't be stored yet. Only storing is tried again. */
import { noon } from '@quadrille/testing'
import { beforeEach, expect, it } from 'vitest'
import type { Reacted } from '../../src/core/resilient-batch.ts'
import { Incoming } from '../../src/delivery/incoming.ts'
import { performTasks } from '../../src/delivery/perform-tasks.ts'
import { breakCircuit } from '../../src/delivery/policies/break-circuit.ts'
import { type Breaker, createBreaker } from '../../src/delivery/policies/breaker.ts'
import { type Handle, type Policy, withPolicies } from '../../src/delivery/policy.ts'
import type { Task } from '../../src/delivery/task.ts'
import { Unavailable } from '../../src/errors/unavailable.ts'
import { aParcel, draft, post, seal } from '../post.ts'
import { aDelivery } from './a-delivery.ts'

const { parcelId, sender, weight } = aParcel()
const announce = seal(draft('Announce', { parcelId, sender, weight, occasion: 'parcel_sent' }), {
  service: 'tracker',
  now: noon,
})
const anIncoming = () => new Incoming(aDelivery({ id: announce.id, body: Buffer.from(JSON.stringify(announce)) }), post)

const locked: Reacted = { status: 'not_now', error: new Unavailable('The row is locked.'), lane: 'retry' }
const applied: Reacted = { status: 'applied', state: undefined }

let calls: number
/** The numbers of the attempts that were made. */
let attempts: number[]
let nowMs: number
let changes: string[]
let stored: Reacted
let breaker: Breaker
let handle: Handle
/** Runs after a task was admitted, and before it is performed. */
let meanwhile: () => Promise<unknown>

beforeEach(() => {
  calls = 0
  attempts = []
  nowMs = 0
  changes = []
  stored = locked
  meanwhile = async () => undefined
  breaker = createBreaker({ onChange: (state) => void changes.push(state), opensAt: () => true, now: () => nowMs })
  const call: Task['perform'] = async (_, { number }) => {
    calls += 1
    attempts.push(number)
    return draft('Announced', { parcelId, occasion: 'parcel_sent', attempts: 1 })
  }
  const { recall, perform } = performTasks({
    language: post,
    service: 'tracker',
    tasks: new Map([['Announce', { perform: call }]]),
    reactor: async (items) => items.map(() => stored),
    tracing: { process: () => undefined },
    availability: { recordRefusal: () => undefined },
    now: () => noon,
    stopping: new AbortController().signal,
  })
  const circuit = breakCircuit(breaker)
  const wait: Policy = (next) => async (batch) => {
    await meanwhile()
    return next(batch)
  }
  handle = withPolicies([recall, circuit.admit, circuit.confirm, wait], perform)
})

/** The gateway goes down after the task was performed, and another task notices. */
const openCircuit = () => breaker.admit()?.failed({ subject: 'another' })

it('does not close a circuit that has opened meanwhile, because it makes no call', async () => {
  const task = anIncoming()
  expect(await handle([task])).toMatchObject([{ status: 'not_now', maxWaitMs: 600_000 }])
  openCircuit()
  expect(await handle([task])).toMatchObject([{ status: 'not_now', error: locked.error }])
  stored = applied
  expect(await handle([task])).toEqual([{ status: 'done' }])
  expect([calls, changes]).toEqual([1, ['open']])
})

it('neither waits for an open circuit nor closes it if the task is redelivered', async () => {
  await handle([anIncoming()])
  openCircuit()
  const redelivered = anIncoming()
  expect(await handle([redelivered])).toMatchObject([{ status: 'not_now', error: locked.error }])
  stored = applied
  expect(await handle([redelivered])).toEqual([{ status: 'done' }])
  expect([calls, changes]).toEqual([1, ['open']])
})

it('closes the circuit by the call of a probe, even if its outcome cannot be stored', async () => {
  openCircuit()
  nowMs += 1_000
  expect(await handle([anIncoming()])).toMatchObject([{ status: 'not_now', error: locked.error }])
  expect([calls, changes]).toEqual([1, ['open', 'closed']])
})

it('makes no call that the circuit has not admitted, although its copy has stored the outcome meanwhile', async () => {
  const first = anIncoming()
  await handle([first])
  stored = applied
  const copy = anIncoming()
  meanwhile = async () => {
    meanwhile = async () => undefined
    expect(await handle([first])).toEqual([{ status: 'done' }])
  }
  expect(await handle([copy])).toMatchObject([{ status: 'not_now' }])
  expect(calls).toBe(1)
  openCircuit()
  expect(await handle([copy])).toMatchObject([{ status: 'not_now', error: { name: 'CircuitOpen' } }])
  expect(calls).toBe(1)
})

it('counts the attempts that failed in memory when the task is performed again', async () => {
  await handle([Object.assign(anIncoming(), { localFailures: 2 })])
  expect(attempts).toEqual([3])
})
