/** Attempts of tasks. If the outcome of a performed task can't be stored yet, only storing is tried again. */
import { noon } from '@quadrille/testing'
import { beforeEach, expect, it } from 'vitest'
import type { Reacted } from '../../src/core/batch-runner.ts'
import { type Breaker, createBreaker } from '../../src/delivery/breaker.ts'
import { Incoming } from '../../src/delivery/incoming.ts'
import { performTasks } from '../../src/delivery/perform-tasks.ts'
import { breakCircuit } from '../../src/delivery/policies/break-circuit.ts'
import { type Handle, type Policy, withPolicies } from '../../src/delivery/policy.ts'
import { GivenUp, type Task } from '../../src/delivery/task.ts'
import { TaskError } from '../../src/errors/task-fault.ts'
import { Unavailable } from '../../src/errors/unavailable.ts'
import { aParcel, draft, newParcelId, post, seal } from '../post.ts'
import { aDelivery } from './a-delivery.ts'

const { parcelId, sender, weight } = aParcel()
const anAnnouncement = (about = parcelId) =>
  seal(draft('Announce', { parcelId: about, sender, weight, occasion: 'parcel_sent' }), {
    service: 'tracker',
    now: noon,
  })
const announce = anAnnouncement()
const anIncoming = (task = announce) =>
  new Incoming(aDelivery({ id: task.id, body: Buffer.from(JSON.stringify(task)) }), post)

const locked: Reacted = { status: 'not_now', error: new Unavailable('The row is locked.'), lane: 'retry' }
const applied: Reacted = { status: 'applied', state: undefined }

let calls: number
let storings: number
/** The numbers of the attempts that were made. */
let attempts: number[]
let fault: Error | undefined
let returnsNothing: boolean
let isLast: boolean
let nowMs: number
let changes: string[]
let stored: Reacted
let breaker: Breaker
let handle: Handle
/** Runs after a task was admitted, and before it is performed. */
let meanwhile: () => Promise<unknown>

beforeEach(() => {
  calls = 0
  storings = 0
  attempts = []
  nowMs = 0
  changes = []
  stored = locked
  meanwhile = async () => undefined
  breaker = createBreaker({ onChange: (state) => void changes.push(state), opensAt: () => true, now: () => nowMs })
  fault = undefined
  returnsNothing = false
  isLast = false
  const call: Task['perform'] = async (_, { number }) => {
    calls += 1
    attempts.push(number)
    const outcome = draft('Announced', { parcelId, occasion: 'parcel_sent', attempts: 1 })
    if (fault && isLast) return new GivenUp(outcome, fault)
    if (fault) throw fault
    return returnsNothing ? (undefined as unknown as null) : outcome // as in JavaScript: the compiler rejects undefined
  }
  const { recall, perform } = performTasks({
    language: post,
    service: 'tracker',
    tasks: new Map([['Announce', { perform: call, maxAttempts: 4 }]]),
    reactor: async (items) => {
      storings += items.length
      return items.map(() => stored)
    },
    tracing: { process: () => undefined },
    availability: { recordError: () => undefined },
    now: () => noon,
    aborting: new AbortController().signal,
  })
  const wait: Policy = (next) => async (batch) => {
    await meanwhile()
    return next(batch)
  }
  handle = withPolicies([recall, breakCircuit(breaker), wait], perform)
})

/** The gateway goes down after the task was performed, and another task notices. */
const openCircuit = () => breaker.admit()?.failed({ subject: 'another' })

it('does not close a circuit that has opened meanwhile, because it makes no call', async () => {
  const task = anIncoming()
  expect(await handle([task])).toMatchObject([{ status: 'not_now', wait: 'long' }])
  openCircuit()
  expect(await handle([task])).toMatchObject([{ status: 'not_now', error: locked.error }])
  stored = applied
  expect(await handle([task])).toEqual([{ status: 'applied' }])
  expect([calls, changes]).toEqual([1, ['open']])
})

it('neither waits for an open circuit nor closes it if the task is redelivered', async () => {
  await handle([anIncoming()])
  openCircuit()
  const redelivered = anIncoming()
  expect(await handle([redelivered])).toMatchObject([{ status: 'not_now', error: locked.error }])
  stored = applied
  expect(await handle([redelivered])).toEqual([{ status: 'applied' }])
  expect([calls, changes]).toEqual([1, ['open']])
})

it('closes the circuit by the call of a probe, even if its outcome cannot be stored', async () => {
  openCircuit()
  nowMs += 1_000
  expect(await handle([anIncoming()])).toMatchObject([{ status: 'not_now', error: locked.error }])
  expect([calls, changes]).toEqual([1, ['open', 'closed']])
})

it('makes no call that the circuit has not admitted, but stores the outcome again if a copy has stored it meanwhile', async () => {
  const first = anIncoming()
  await handle([first])
  stored = applied
  const copy = anIncoming()
  meanwhile = async () => {
    meanwhile = async () => undefined
    expect(await handle([first])).toEqual([{ status: 'applied' }])
  }
  openCircuit()
  expect(await handle([copy])).toEqual([{ status: 'applied' }])
  expect([calls, storings]).toEqual([1, 3])
})

it('makes no call if a copy has made it meanwhile, and its outcome could not be stored', async () => {
  meanwhile = async () => {
    meanwhile = async () => undefined
    await handle([anIncoming()])
    openCircuit()
  }
  expect(await handle([anIncoming()])).toMatchObject([{ status: 'not_now', error: locked.error }])
  expect([calls, changes]).toEqual([1, ['open']])
})

it.each([
  ['leaves the circuit open after no answer', { outage: true, limited: true }, ['open'], false],
  ['leaves the circuit to the next probe if an answer may be lost', { limited: true }, ['open'], true],
  ['closes the circuit after a refusal', { outage: false }, ['open', 'closed'], false],
])('a probe that gives up %s, and its outcome is stored', async (_, fact, expected, isNextProbe) => {
  openCircuit()
  nowMs += 1_000
  fault = new TaskError('It has failed.', fact)
  isLast = true
  const task = anIncoming()
  expect(await handle([task])).toMatchObject([{ status: 'not_now', error: locked.error }])
  expect([changes, breaker.admit()?.isProbe ?? false]).toEqual([expected, isNextProbe])
  stored = applied
  expect(await handle([task])).toEqual([{ status: 'applied' }])
  expect([calls, changes]).toEqual([1, expected])
})

it('a task that gives up opens the circuit if it got no answer, and does not count as a success', async () => {
  stored = applied
  fault = new TaskError('no answer', { outage: true, limited: true })
  isLast = true
  expect(await handle([anIncoming()])).toEqual([{ status: 'ignored' }])
  expect([storings, changes]).toEqual([1, ['open']])
})

it('a task that returns undefined has failed, because its outcome may have been forgotten', async () => {
  stored = applied
  returnsNothing = true
  expect(await handle([anIncoming()])).toMatchObject([
    { status: 'failed', error: { message: 'The task returned undefined: return null if there is no outcome.' } },
  ])
  expect([calls, storings]).toEqual([1, 0])
})

it('keeps the outcome of a delivery in memory, and otherwise those of the last thousand tasks', async () => {
  const inMemory = anIncoming(anAnnouncement(newParcelId()))
  const others = Array.from({ length: 1_000 }, () => anIncoming(anAnnouncement(newParcelId())))
  for (const task of [inMemory, anIncoming(), ...others]) await handle([task])
  expect(calls).toBe(1_002)
  await handle([inMemory])
  expect(calls).toBe(1_002)
  await handle([anIncoming()])
  expect(calls).toBe(1_003)
})

it('has as many attempts to store its outcome as the task has to be performed', async () => {
  const error = new Error('a bug of a reaction')
  stored = { status: 'failed', error }
  expect(await handle([anIncoming()])).toEqual([{ status: 'failed', error, maxAttempts: 4 }])
  fault = error
  expect(await handle([anIncoming(anAnnouncement(newParcelId()))])).toEqual([
    { status: 'failed', error, maxAttempts: 4 },
  ])
})

it('counts the attempts that failed in memory when the task is performed again', async () => {
  await handle([Object.assign(anIncoming(), { localFailures: 2 })])
  expect(attempts).toEqual([3])
})

it('sends a task that can’t be performed now to a retry queue at once, without counting an attempt', async () => {
  class ClaimedByAnother extends Unavailable {}
  fault = new ClaimedByAnother('Another worker has the claim.')
  expect(await handle([anIncoming()])).toEqual([{ status: 'not_now', error: fault, wait: 'none' }])
})
