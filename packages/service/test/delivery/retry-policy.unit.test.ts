import { describe, expect, it } from 'vitest'
import { attemptsByDefault, type FailedMessage, judge } from '../../src/delivery/retry-policy.ts'
import { TaskError, type TaskFault } from '../../src/errors/task-fault.ts'

const failed = (attempts: number, other: Partial<FailedMessage> = {}) =>
  judge({ error: new Error('no'), attempts, maxAttempts: attemptsByDefault, compensates: false, ...other })

const delays = (attempts: readonly number[], other: Partial<FailedMessage> = {}) =>
  attempts.map((attempt) => {
    const verdict = failed(attempt, other)
    return verdict.next === 'retry' ? verdict.delayMs / 1_000 : verdict.reason
  })

const taskError = (fault: TaskFault) => new TaskError('busy', fault)

describe('a message that fails', () => {
  it('is retried once after each delay, and is then parked', () => {
    expect(delays([1, 2, 3, 4, 5, 6])).toEqual([1, 5, 30, 120, 600, 'attempts_exhausted'])
  })

  it('is tried as often as configured: more often, after the longest delay; or only once', () => {
    expect(delays([5, 6, 7, 8], { maxAttempts: 8 })).toEqual([600, 600, 600, 'attempts_exhausted'])
    expect(delays([1], { maxAttempts: 1 })).toEqual(['attempts_exhausted'])
  })

  it('is never given up if it compensates', () => {
    expect(delays([6, 7, 1_000], { compensates: true, maxAttempts: 1 })).toEqual([600, 600, 600])
  })
})

describe('an outage of the external system', () => {
  it('does not give up messages, after any number of failed attempts', () => {
    expect(delays([6, 7, 1_000], { error: taskError({ outage: true }), maxAttempts: 1 })).toEqual([600, 600, 600])
    expect(delays([6], { error: taskError({ outage: false }) })).toEqual(['attempts_exhausted'])
  })

  it('gives up a message that may be the only one to fail', () => {
    expect(delays([5, 6], { error: taskError({ outage: true, limited: true }) })).toEqual([600, 'attempts_exhausted'])
  })
})

describe('an external system that asks for a pause', () => {
  it('gets the next longer retry tier if it asks for more than the scheduled delay', () => {
    expect(delays([1, 2, 5], { error: taskError({ retryAfterMs: 20_000 }) })).toEqual([30, 30, 600])
  })

  it('gets the longest retry tier at most', () => {
    expect(delays([1], { error: taskError({ retryAfterMs: 3_600_000 }) })).toEqual([600])
  })

  it.each([-1, Number.NaN])('is ignored if it asks for %s', (retryAfterMs) => {
    expect(delays([1], { error: taskError({ retryAfterMs }) })).toEqual([1])
  })

  it('does not increase the number of attempts', () => {
    expect(delays([6], { error: taskError({ retryAfterMs: 1_000 }) })).toEqual(['attempts_exhausted'])
  })
})
