/** How each outcome settles its delivery, and how long a delivery stays in memory. */
import type { Delivery } from '@quadrille/messaging'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Lane } from '../../src/core/lanes.ts'
import type { Failures } from '../../src/delivery/failures.ts'
import { Incoming } from '../../src/delivery/incoming.ts'
import { abandoned, applied, ignored, type Outcome } from '../../src/delivery/outcome.ts'
import { judge } from '../../src/delivery/retry-policy.ts'
import { createSettle } from '../../src/delivery/settle.ts'
import { createWaitingRoom, type WaitingRoom } from '../../src/delivery/waiting-room.ts'
import { draft, newParcelId, post } from '../post.ts'
import { aDelivery } from './a-delivery.ts'

const error = new Error('a failure')

/** The clock of the database is a minute ahead. */
const databaseTime = () => new Date(Date.now() + 60_000)

let settlements: unknown[]
let recorded: unknown[]
let due: Incoming[]
let waiting: Error[]
let room: WaitingRoom

/** Failures of a compensation, which is never given up. */
const neverGivenUp: Failures['verdictOn'] = () => ({ next: 'retry', delayMs: 1_000 })
let verdictOn = neverGivenUp

const failures: Failures = {
  verdictOn: (incoming, failed) => verdictOn(incoming, failed),
  reportRetry: () => undefined,
  record: (_, { outcome, reason, delayMs }) => void recorded.push({ outcome, reason, delayMs }),
}

const anIncoming = (past: Partial<Delivery> = {}): Incoming => {
  const delivery = aDelivery(
    {},
    {
      ack: () => void settlements.push('ack'),
      park: (cause) => void settlements.push({ park: cause.reason }),
      retry: ({ delayMs, failedAttempts }) => void settlements.push({ retry: delayMs, failedAttempts }),
      ...past,
    },
  )
  return new Incoming(delivery, post)
}

/** Its outcome can't be stored. */
const aPerformedTask = (past?: Partial<Delivery>): Incoming => {
  const incoming = anIncoming(past)
  perform(incoming)
  return incoming
}

const perform = (incoming: Incoming): void =>
  incoming.performed(draft('Announced', { parcelId: newParcelId(), occasion: 'parcel_sent', attempts: 1 }))

beforeEach(() => {
  vi.useFakeTimers()
  verdictOn = neverGivenUp
  settlements = []
  recorded = []
  due = []
  waiting = []
  room = createWaitingRoom({
    onDue: (incoming) => void due.push(incoming),
    onWaiting: (_, reason) => void waiting.push(reason),
    random: () => 1,
  })
})
afterEach(() => {
  room.close()
  vi.useRealTimers()
})

const settle = (outcome: Outcome, incoming = anIncoming()) =>
  createSettle({ failures, waitingRoom: room, now: databaseTime })(incoming, outcome)

/**
 * Handles the delivery with the same outcome repeatedly. Returns the number of tries and the time until it is settled,
 * ms.
 */
const settleRepeatedly = (outcome: Outcome, incoming = anIncoming()) => {
  const sinceMs = performance.now()
  let tries = 1
  while (settle(outcome, incoming) === 'kept' && tries < 1_000) {
    vi.advanceTimersToNextTimer()
    expect(due.pop()).toBe(incoming)
    if (incoming.isPerformed) perform(incoming) // as each try to store its outcome does
    tries += 1
  }
  return { tries, ms: performance.now() - sinceMs }
}

describe('an outcome', () => {
  it.each<Outcome>([applied, { status: 'duplicate' }, ignored])('$status acknowledges the delivery', (outcome) => {
    expect(settle(outcome)).toBe('settled')
    expect(settlements).toEqual(['ack'])
    expect(recorded).toEqual([])
  })

  it('failed follows the verdict of the retry policy', () => {
    expect(settle({ status: 'failed', error })).toBe('settled')
    expect(settlements).toEqual([{ retry: 1_000, failedAttempts: 1 }])
    expect(recorded).toEqual([{ outcome: 'retried', delayMs: 1_000 }])
  })

  it('dead_letter gives up the message', () => {
    expect(settle({ status: 'dead_letter', reason: 'kills_its_consumer', error })).toBe('settled')
    expect(settlements).toEqual([{ park: 'kills_its_consumer' }])
    expect(recorded).toEqual([{ outcome: 'parked', reason: 'kills_its_consumer' }])
  })

  it('abandoned leaves the delivery unsettled', () => {
    expect(settle(abandoned)).toBe('unsettled')
    expect(settlements).toEqual([])
  })

  it.each<Outcome>([
    applied,
    { status: 'failed', error },
    { status: 'not_now', error },
    { status: 'dead_letter', reason: 'kills_its_consumer', error },
  ])('$status neither settles nor records a lost delivery, which is delivered again', (outcome) => {
    expect(settle(outcome, anIncoming({ isLost: () => true }))).toBe('unsettled')
    expect([settlements, recorded]).toEqual([[], []])
  })

  it('not_now keeps it in memory for some seconds, and then delays it without counting an attempt', () => {
    const { tries, ms } = settleRepeatedly({ status: 'not_now', error })
    expect(settlements).toEqual([{ retry: 5_000, failedAttempts: 0 }])
    expect(tries).toBeGreaterThan(5)
    expect(ms).toBeGreaterThanOrEqual(5_000)
    expect(ms).toBeLessThan(8_000)
    expect(waiting).toEqual([error])
    expect(recorded).toEqual([{ outcome: 'postponed', delayMs: 5_000 }])
  })

  it('not_now moves it to the lane that the outcome asks for', () => {
    const incoming = anIncoming()
    const laneAfter = (asked: { readonly lane?: Lane }) => {
      settle({ status: 'not_now', error, ...asked }, incoming)
      return incoming.lane()
    }
    expect([laneAfter({}), laneAfter({ lane: 'isolating' })]).toEqual(['retry', 'isolating'])
  })

  it('not_now keeps it in memory as long, if it has waited for a permit before', () => {
    const incoming = anIncoming()
    incoming.beginWait('long')
    vi.advanceTimersByTime(60_000)
    expect(settleRepeatedly({ status: 'not_now', error }, incoming).ms).toBeGreaterThanOrEqual(5_000)
  })

  it('not_now that must not wait delays it at once, without counting an attempt', () => {
    expect(settle({ status: 'not_now', error, wait: 'none' })).toBe('settled')
    expect(settlements).toEqual([{ retry: 5_000, failedAttempts: 0 }])
    expect(recorded).toEqual([{ outcome: 'postponed', delayMs: 5_000 }])
  })

  it('failed keeps a performed task in memory for eight minutes, and counts each attempt', () => {
    const { tries, ms } = settleRepeatedly({ status: 'failed', error }, aPerformedTask())
    expect(settlements).toEqual([{ retry: 1_000, failedAttempts: tries }])
    expect(ms).toBe(480_000)
    expect(recorded).toEqual(Array.from({ length: tries }, () => ({ outcome: 'retried', delayMs: 1_000 })))
  })

  it('failed gives up a performed task after its last attempt, even if it returns from a retry queue before that', () => {
    verdictOn = (incoming) => judge({ error, attempts: incoming.attempt(), maxAttempts: 8, compensates: false })
    let attempts = 0
    const retry: Delivery['retry'] = ({ failedAttempts = 1 }) => {
      attempts += failedAttempts
    }
    for (let deliveries = 0; settlements.length === 0 && deliveries < 10; deliveries += 1)
      settleRepeatedly({ status: 'failed', error }, aPerformedTask({ attempts, retry }))
    expect(settlements).toEqual([{ park: 'attempts_exhausted' }])
    expect(recorded).toHaveLength(8)
  })

  it('failed gives up a performed task with the number of its attempts, and the time of the first one', () => {
    verdictOn = (incoming) => judge({ error, attempts: incoming.attempt(), maxAttempts: 3, compensates: false })
    const firstFailedAt = databaseTime()
    const parked: unknown[] = []
    settleRepeatedly({ status: 'failed', error }, aPerformedTask({ park: (cause) => void parked.push(cause) }))
    expect(parked).toEqual([
      { reason: 'attempts_exhausted', error, failedAttempts: 3, firstFailedAt, failedAt: databaseTime() },
    ])
  })

  it('failed returns a performed task to a retry queue with the times of its first failed attempt and of the return', () => {
    const firstFailedAt = databaseTime()
    const failedAt = new Date(firstFailedAt.getTime() + 480_000)
    const retried: unknown[] = []
    const retry: Delivery['retry'] = (failure) => void retried.push(failure)
    const { tries } = settleRepeatedly({ status: 'failed', error }, aPerformedTask({ retry }))
    expect(retried).toEqual([{ error, delayMs: 1_000, failedAttempts: tries, firstFailedAt, failedAt }])
  })

  it('not_now keeps a performed task in memory for eight minutes, no matter how long it has waited for its call', () => {
    const incoming = anIncoming()
    const waits: Outcome = { status: 'not_now', error, pauseMs: 1_000, wait: 'long' }
    expect(settleRepeatedly(waits, incoming).ms).toBe(480_000)
    perform(incoming)
    expect(settleRepeatedly(waits, incoming).ms).toBe(480_000)
  })

  it('not_now keeps a performed task in memory for some seconds, no matter how long it was postponed before its call', () => {
    const incoming = anIncoming()
    settle({ status: 'not_now', error }, incoming)
    vi.advanceTimersByTime(60_000)
    perform(incoming)
    expect(settleRepeatedly({ status: 'not_now', error }, incoming).ms).toBeGreaterThanOrEqual(5_000)
  })

  it('not_now keeps the count of a performed task, whose outcome could not be stored before', () => {
    const incoming = aPerformedTask()
    expect(settle({ status: 'failed', error }, incoming)).toBe('kept')
    vi.advanceTimersToNextTimer()
    expect(due.pop()).toBe(incoming)
    settleRepeatedly({ status: 'not_now', error }, incoming)
    expect(settlements).toEqual([{ retry: 5_000, failedAttempts: 1 }])
  })
})

describe('a waiting room', () => {
  it('counts no polls as waits for a lock', () => {
    const incoming = anIncoming()
    for (let polls = 0; polls < 8; polls += 1) {
      room.keep(incoming, { status: 'not_now', error, pauseMs: 250 })
      vi.advanceTimersToNextTimer()
    }
    expect(settle({ status: 'not_now', error }, incoming)).toBe('kept')
    const sinceMs = performance.now()
    vi.advanceTimersToNextTimer()
    expect(performance.now() - sinceMs).toBe(20)
    expect(waiting).toEqual([])
    settleRepeatedly({ status: 'not_now', error }, incoming)
    expect(waiting).toEqual([error])
  })

  it('keeps and returns no deliveries after it is closed', () => {
    const incoming = anIncoming()
    expect(room.keep(incoming, { status: 'not_now', error })).toBe('kept')
    room.close()
    vi.advanceTimersByTime(60_000)
    expect(due).toEqual([])
    expect(room.keep(incoming, { status: 'not_now', error })).toBe('closed')
    expect([settle({ status: 'not_now', error }, incoming), settlements]).toEqual(['unsettled', []])
  })
})
