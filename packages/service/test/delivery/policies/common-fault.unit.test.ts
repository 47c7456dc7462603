/** Messages of several parcels fail in the same way: which are held, and until when their instance says so. */
import { noon } from '@quadrille/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { catchingUp } from '../../../src/delivery/catching-up.ts'
import { watchCommonFaults } from '../../../src/delivery/circuits.ts'
import { Incoming } from '../../../src/delivery/incoming.ts'
import { applied, type Outcome } from '../../../src/delivery/outcome.ts'
import { holdCommonFaults } from '../../../src/delivery/policies/common-fault.ts'
import { type Handle, handleOne } from '../../../src/delivery/policy.ts'
import { TaskError } from '../../../src/errors/task-fault.ts'
import { createLogger } from '../../../src/telemetry/log.ts'
import { aParcel, draft, post, seal } from '../../post.ts'
import { aDelivery } from '../a-delivery.ts'

const queue = 'tracker.inbox'

let holding: ReturnType<typeof watchCommonFaults>
let outcome: Outcome
let handle: Handle
let isLast: boolean

beforeEach(() => {
  vi.useFakeTimers()
  holding = watchCommonFaults(createLogger('silent', post), queue)
  isLast = false
  const policy = holdCommonFaults(holding.breaker, () => isLast)
  handle = policy(async (batch) => batch.map(() => outcome))
})
afterEach(() => {
  vi.useRealTimers()
})

const status = async (incoming: Incoming) => (await handleOne(incoming, handle)).status

const arrive = (parcel = aParcel()): Incoming => {
  const sent = seal(draft('ParcelSent', parcel), { service: 'counter', now: noon })
  const incoming = new Incoming(aDelivery({ body: Buffer.from(JSON.stringify(sent)) }), post)
  incoming.decoded()
  return incoming
}
/** The statuses of messages of five parcels that fail with this error. */
const failFive = async (error: Error) => {
  outcome = { status: 'failed', error }
  const statuses: string[] = []
  for (let count = 0; count < 5; count += 1) statuses.push((await handleOne(arrive(), handle)).status)
  return statuses
}
it('errors of one place are of one kind, although their messages quote what the senders wrote', async () => {
  const statuses: string[] = []
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    outcome = { status: 'failed', error: new TypeError(`no label\n    at ${id}`) }
    statuses.push((await handleOne(arrive(), handle)).status)
  }
  expect(statuses).toEqual(['failed', 'failed', 'failed', 'failed', 'not_now'])
})

const reason = () =>
  catchingUp(
    { ...holding, queue, consumer: { caughtUp: () => true, depth: async () => null, stop: async () => undefined } },
    {
      participant: { disconnected: () => null, blocked: () => null, restoredForMs: () => Number.POSITIVE_INFINITY },
      availability: { availableForMs: () => Number.POSITIVE_INFINITY },
      brokerChangedForMs: () => Number.POSITIVE_INFINITY,
    },
  )

it('an instance says that it holds messages until 15 s after the last of them has gone to another instance', async () => {
  expect([holding.heldFor(), reason()]).toEqual([null, null])
  expect(await failFive(new TypeError('no disk'))).toEqual(['failed', 'failed', 'failed', 'failed', 'not_now'])
  vi.advanceTimersByTime(14_999)
  expect([holding.heldFor(), reason()]).toEqual([
    'TypeError',
    `messages in ${queue} all fail alike, and are held (TypeError)`,
  ])
  vi.advanceTimersByTime(1)
  expect([holding.heldFor(), reason()]).toEqual([null, `messages in ${queue} were held until 15 s ago`])
  vi.advanceTimersByTime(15_001)
  expect(reason()).toBeNull()
})

it('a message that waits in memory keeps its instance holding', async () => {
  await failFive(new TypeError('no disk'))
  const waiting = arrive()
  await handleOne(waiting, handle)
  for (let polls = 0; polls < 80; polls += 1) {
    vi.advanceTimersByTime(250)
    await handleOne(waiting, handle)
  }
  expect(holding.heldFor()).toBe('TypeError')
  outcome = applied
  vi.advanceTimersByTime(10_000)
  expect(await handleOne(waiting, handle)).toEqual(applied)
  expect([holding.heldFor(), reason()]).toEqual([null, `messages in ${queue} were held until 0 s ago`])
})

it('two parcels at their last attempt are held, although an earlier message of one of them was given up meanwhile', async () => {
  isLast = true
  outcome = { status: 'failed', error: new TypeError('no disk') }
  const parcel = aParcel()
  const [given, waiting, other] = [arrive(parcel), arrive(parcel), arrive()]
  expect(await status(given)).toBe('not_now')
  vi.advanceTimersByTime(900)
  expect(await status(waiting)).toBe('not_now')
  vi.advanceTimersByTime(100)
  expect(await status(given)).toBe('failed')
  expect(await status(other)).toBe('not_now')
  expect(await status(waiting)).toBe('not_now')
  vi.advanceTimersByTime(1_000)
  expect([await status(waiting), await status(other), holding.heldFor()]).toEqual(['not_now', 'not_now', 'TypeError'])
})

it('a message that failed at its last attempt is given up when another one succeeds, or none fails alike for a second', async () => {
  isLast = true
  const failed: Outcome = { status: 'failed', error: new TypeError('no disk') }
  for (const meanwhile of [async () => void (await status(arrive())), async () => void vi.advanceTimersByTime(1_000)]) {
    const [first, second] = [arrive(), arrive()]
    for (const incoming of [first, second]) {
      outcome = failed
      expect(await status(incoming)).toBe('not_now')
      outcome = applied
      await meanwhile()
      expect(await status(incoming)).toBe('failed')
    }
  }
  expect(holding.heldFor()).toBeNull()
})

it('tasks with limited attempts are not held', async () => {
  expect(await failFive(new TaskError('busy', { limited: true }))).toEqual(Array(5).fill('failed'))
  expect(holding.heldFor()).toBeNull()
})
