/** Settles deliveries by their outcomes. This is the only place that acknowledges, retries or gives up a delivery. */
import type { RetryOptions } from '@quadrille/messaging'
import { endSpan } from '../telemetry/tracing.ts'
import type { Failures } from './failures.ts'
import type { Incoming } from './incoming.ts'
import type { DeadLettered, Failed, NotNow, Outcome } from './outcome.ts'
import type { WaitingRoom } from './waiting-room.ts'

export interface SettleOptions {
  readonly failures: Failures
  readonly waitingRoom: Pick<WaitingRoom, 'keep'>
  /** The clock of the database, which also gives the records of failed attempts their times. */
  readonly now: () => Date
}

/** The delay in the retry queue of a message that could not be handled now, ms. */
const postponedForMs = 5_000

/**
 * `kept`: the delivery stays in memory, and is handled again. `unsettled`: the service stops or the delivery is lost, and it is
 * delivered again.
 */
export type Settle = (incoming: Incoming, outcome: Outcome) => Settlement
export type Settlement = 'settled' | 'kept' | 'unsettled'

export const createSettle = ({ failures, waitingRoom, now }: SettleOptions): Settle => {
  const park = (incoming: Incoming, cause: Pick<DeadLettered, 'reason' | 'error'>): Settlement => {
    failures.record(incoming, { ...cause, outcome: 'parked' })
    incoming.delivery.park({
      ...cause,
      failedAttempts: incoming.localFailures + 1,
      firstFailedAt: incoming.firstFailedAt,
      failedAt: now(),
    })
    return 'settled'
  }

  /** Null if it has been in memory for too long. */
  const keep = (incoming: Incoming, outcome: NotNow): Settlement | null => {
    incoming.postponeTo(outcome.lane ?? 'retry')
    const place = waitingRoom.keep(incoming, outcome)
    if (place === 'expired') return null
    return place === 'kept' ? 'kept' : 'unsettled'
  }

  const retry = (incoming: Incoming, failure: Pick<RetryOptions, 'error' | 'delayMs'>): Settlement => {
    const { localFailures: failedAttempts, firstFailedAt } = incoming
    incoming.delivery.retry({ ...failure, failedAttempts, firstFailedAt, failedAt: now() })
    return 'settled'
  }

  const failed = (incoming: Incoming, outcome: Failed): Settlement => {
    const { error } = outcome
    const verdict = failures.verdictOn(incoming, outcome)
    if (verdict.next === 'park') return park(incoming, { reason: verdict.reason, error })
    const { delayMs } = verdict
    failures.reportRetry(incoming, outcome, delayMs)
    failures.record(incoming, { error, outcome: 'retried', delayMs })
    incoming.countFailure(now())
    // Another instance would perform it again, which its idempotency key makes harmless.
    const stay: NotNow = { status: 'not_now', error, pauseMs: delayMs, wait: 'long' }
    return (incoming.isPerformed && keep(incoming, stay)) || retry(incoming, { error, delayMs })
  }

  const notNow = (incoming: Incoming, outcome: NotNow): Settlement => {
    const kept = keep(incoming, outcome)
    if (kept) return kept
    const postponed = { error: outcome.error, delayMs: postponedForMs }
    failures.record(incoming, { ...postponed, outcome: 'postponed' })
    return retry(incoming, postponed)
  }

  const settle: Settle = (incoming, outcome) => {
    switch (outcome.status) {
      case 'applied':
      case 'duplicate':
      case 'ignored':
        incoming.delivery.ack()
        return 'settled'
      case 'failed':
        return failed(incoming, outcome)
      case 'not_now':
        return notNow(incoming, outcome)
      case 'dead_letter':
        return park(incoming, { reason: outcome.reason, error: outcome.error })
      case 'unavailable':
      case 'abandoned':
        return 'unsettled'
    }
  }

  return (incoming, outcome) => {
    const settlement = incoming.delivery.isLost() ? 'unsettled' : settle(incoming, outcome)
    if (settlement !== 'kept') endSpan(incoming.span, 'error' in outcome ? outcome.error : undefined)
    return settlement
  }
}
