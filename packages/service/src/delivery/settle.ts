/** Settles deliveries by their outcomes. Nothing else acknowledges, retries or gives up a delivery. */
import { endSpan } from '../telemetry/tracing.ts'
import type { Failures } from './failures.ts'
import type { Incoming } from './incoming.ts'
import type { Failed, NotNow, Outcome } from './outcome.ts'
import type { WaitingRoom } from './waiting-room.ts'

export interface SettleOptions {
  readonly failures: Failures
  readonly waitingRoom: Pick<WaitingRoom, 'keep'>
}

/** Returns true if the delivery is settled; false if it stays in hand, or unsettled because the service stops. */
export type Settle = (incoming: Incoming, outcome: Outcome) => boolean

/** The delay of a message in the retry queue that could not be handled now, ms. */
const notNowDelayMs = 5_000

/**
 * How long a task stays in hand that was performed and whose outcome can't be stored, ms. Another instance would perform it again,
 * which its idempotency key makes harmless. RabbitMQ closes the channel of a delivery that is unsettled for 30 minutes
 * (`consumer_timeout`, https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout).
 */
export const performedInHandMs = 600_000

export const createSettle = ({ failures, waitingRoom }: SettleOptions): Settle => {
  const failed = (incoming: Incoming, outcome: Failed): boolean => {
    const { error, performed = false } = outcome
    const verdict = failures.verdictOn(incoming, outcome)
    if (verdict.next === 'park') {
      incoming.delivery.park({ reason: verdict.reason, error })
      return true
    }
    const { delayMs, isAttempt } = verdict
    if (isAttempt) failures.reportRetry(incoming, outcome, delayMs)
    if (performed) {
      if (isAttempt) incoming.failedInHand += 1
      return notNow(incoming, { status: 'not_now', error, pauseMs: delayMs, inHandMs: performedInHandMs })
    }
    incoming.delivery.retry({ error, delayMs, isAttempt })
    return true
  }

  const notNow = (incoming: Incoming, outcome: NotNow): boolean => {
    const place = waitingRoom.keep(incoming, outcome)
    if (place === 'expired') incoming.delivery.retry({ error: outcome.error, delayMs: notNowDelayMs, isAttempt: false })
    return place === 'expired'
  }

  const settle: Settle = (incoming, outcome) => {
    switch (outcome.status) {
      case 'done':
      case 'duplicate':
      case 'ignored':
        incoming.delivery.ack()
        return true
      case 'failed':
        return failed(incoming, outcome)
      case 'not_now':
        return notNow(incoming, outcome)
      case 'dead_letter':
        incoming.delivery.park({ reason: outcome.reason, error: outcome.error })
        return true
      case 'unavailable':
      case 'abandoned':
        return false
    }
  }

  return (incoming, outcome) => {
    const settled = settle(incoming, outcome)
    if (settled) endSpan(incoming.span, 'error' in outcome ? outcome.error : undefined)
    return settled
  }
}
