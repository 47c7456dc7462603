/** How each outcome settles its delivery, and how long a delivery stays in memory. */
import type { Delivery } from '@quadrille/messaging'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Failures } from '../../src/delivery/failures.ts'
import { Incoming } from '../../src/delivery/incoming.ts'
import { abandoned, done, duplicate, ignored, type Outcome } from '../../src/delivery/outcome.ts'
import { createSettle } from '../../src/delivery/settle.ts'
import { createWaitingRoom, type WaitingRoom } from '../../src/delivery/waiting-room.ts'
import { post } from '../post.ts'
import { aDelivery } from './a-delivery.ts'

const error = new Error('a failure')

let settlements: unknown[]
let recorded: unknown[]
let due: Incoming[]
let waiting: Error[]
let room: WaitingRoom

/** Failures of a compensation, which is never given up. */
const failures: Failures = {
  verdictOn: () => ({ next: 'retry', delayMs: 1_000, isAttempt: true }),
  reportRetry: () => undefined,
  record: (_, { outcome, reason, delayMs }) => void recorded.push({ outcome, reason, delayMs }),
}

const anIncoming = (past: Partial<Delivery> = {}): Incoming => {
  const delivery = aDelivery(
    {},
    {
      ack: () => void settlements.push('ack'),
      park: (cause) => void settlements.push({ park: cause.reason }),
      retry: ({ delayMs, isAttempt = true }) => void settlements.push({ retry: delayMs, isAttempt }),
      ...past,
    },
  )
  return new Incoming(delivery, post)
}

beforeEach(() => {
  vi.useFakeTimers()
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
  createSettle({ failures, waitingRoom: room })(incoming, outcome)

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
    tries += 1
  }
  return { tries, ms: performance.now() - sinceMs }
}

describe('an outcome', () => {
  it.each([done, duplicate, ignored])('$status acknowledges the delivery', (outcome) => {
    expect(settle(outcome)).toBe('settled')
    expect(settlements).toEqual(['ack'])
    expect(recorded).toEqual([])
  })

  it('failed follows the verdict of the retry policy', () => {
    expect(settle({ status: 'failed', error })).toBe('settled')
    expect(settlements).toEqual([{ retry: 1_000, isAttempt: true }])
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
    done,
    { status: 'failed', error },
    { status: 'not_now', error },
    { status: 'dead_letter', reason: 'kills_its_consumer', error },
  ])('$status neither settles nor records a lost delivery, which is delivered again', (outcome) => {
    expect(settle(outcome, anIncoming({ isLost: () => true }))).toBe('unsettled')
    expect([settlements, recorded]).toEqual([[], []])
  })

  it('not_now keeps it in memory for some seconds, and then delays it without counting an attempt', () => {
    const { tries, ms } = settleRepeatedly({ status: 'not_now', error })
    expect(settlements).toEqual([{ retry: 5_000, isAttempt: false }])
    expect(tries).toBeGreaterThan(5)
    expect(ms).toBeGreaterThanOrEqual(5_000)
    expect(ms).toBeLessThan(8_000)
    expect(waiting).toEqual([error])
    expect(recorded).toEqual([{ outcome: 'postponed', delayMs: 5_000 }])
  })

  it('failed keeps a performed task in memory for ten minutes, and counts each attempt', () => {
    const incoming = Object.assign(anIncoming(), { isPerformed: true })
    const { tries, ms } = settleRepeatedly({ status: 'failed', error }, incoming)
    expect(settlements).toEqual([{ retry: 5_000, isAttempt: false }])
    expect(ms).toBe(600_000)
    expect(incoming.attempt()).toBe(tries + 1)
  })
})

describe('a waiting room', () => {
  it('keeps and returns no deliveries after it is closed', () => {
    const incoming = anIncoming()
    expect(room.keep(incoming, { status: 'not_now', error })).toBe('kept')
    room.close()
    vi.advanceTimersByTime(60_000)
    expect(due).toEqual([])
    expect(room.keep(incoming, { status: 'not_now', error })).toBe('closed')
  })
})
