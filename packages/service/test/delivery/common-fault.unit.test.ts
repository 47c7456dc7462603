/** How long a delivery stays in hand whose task was done, while its outcome can't be stored. */
import type { Delivery, Failure } from '@quadrille/messaging'
import { expect, it } from 'vitest'
import { createSettler } from '../../src/delivery/common-fault.ts'
import type { FailureHandler } from '../../src/delivery/failure-handler.ts'
import type { Failed } from '../../src/delivery/handling-result.ts'

/** As for a task that compensates: it is never given up. */
const failures: FailureHandler = {
  verdictOn: () => ({ next: 'retry', delayMs: 1, isAttempt: true }),
  reportRetry: () => undefined,
  settle: (delivery, { error }, verdict) => {
    if (verdict.next === 'retry') delivery.retry({ error, delayMs: verdict.delayMs, isAttempt: verdict.isAttempt })
  },
}

it('is tried again in hand for a while, and then comes back later, uncounted', async () => {
  const retries: Failure[] = []
  const delivery: Delivery = {
    message: {
      id: 'a task',
      type: '',
      correlationId: 'a parcel',
      appId: '',
      contentType: '',
      timestamp: new Date(0),
      headers: {},
      body: Buffer.alloc(0),
    },
    exchange: '',
    attempts: 0,
    deaths: 0,
    ack: () => undefined,
    park: () => undefined,
    retry: (failure) => void retries.push(failure),
  }
  const error = new Error('the outcome can not be stored')
  const failed: Failed = { status: 'failed', error, subject: 'a subject', performed: true }
  const { signal } = new AbortController()
  const settle = createSettler({ failures, stopping: signal, inHandMs: 50, onChange: () => undefined })
  let tries = 0
  await settle(delivery, async () => {
    tries += 1
    if (tries > 1_000) return { status: 'left' }
    return failed
  })
  expect(retries).toEqual([{ error, delayMs: 1, isAttempt: false }])
  expect(tries).toBeGreaterThan(1)
})
