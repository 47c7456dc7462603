/** The record of a failed attempt. */
import { noon } from '@quadrille/testing'
import { expect, it } from 'vitest'
import { failedAttempt } from '../../src/delivery/failed-attempt.ts'
import { Incoming } from '../../src/delivery/incoming.ts'
import { newParcelId, post } from '../post.ts'
import { aDelivery } from './a-delivery.ts'

it('has the number of an attempt after others that failed in memory, and the time of the first one', () => {
  const incoming = new Incoming(aDelivery({ correlationId: newParcelId() }, { attempts: 1 }), post)
  Object.assign(incoming, { localFailures: 2, firstFailedAt: noon })
  const failure = { error: new Error('it broke'), outcome: 'retried', delayMs: 1_000 } as const
  const attempt = failedAttempt(incoming, { ...failure, queue: 'tracker.tasks' }, post)
  expect(attempt).toMatchObject({ attempt: 4, firstFailedAt: noon })
})
