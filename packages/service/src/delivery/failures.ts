/** Decides whether a failed delivery is retried or becomes a dead letter, and reports it. */
import type { Language, ServiceModel } from '@quadrille/messages'
import { retryTierFor, retryTiers } from '@quadrille/messaging'
import type { Logger } from 'pino'
import { taskFaultOf } from '../errors/task-fault.ts'
import { aboutMessage } from '../telemetry/about-message.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { type FailedAttempt, type Failure, failedAttempt } from './failed-attempt.ts'
import type { Incoming } from './incoming.ts'
import type { Failed } from './outcome.ts'
import { judge, type Verdict } from './retry-policy.ts'

export interface Failures {
  verdictOn(incoming: Incoming, failed: Failed): Verdict
  /** Logs and counts a retry. */
  reportRetry(incoming: Incoming, failed: Failed, delayMs: number): void
  /** Records the attempt, for operators. Called for each delivery that is retried, postponed or parked. */
  record(incoming: Incoming, failure: Failure): void
}

export interface FailuresOptions {
  readonly language: Pick<Language, 'subject' | 'redactText'>
  readonly model: Pick<ServiceModel, 'compensates'>
  readonly config: { readonly RETRY_ATTEMPTS: number }
  readonly log: Logger
  readonly metrics: Pick<Metrics, 'retries'>
  readonly recordAttempt: (attempt: FailedAttempt) => void
}

export const createFailures = (
  { language, model, config, log, metrics, recordAttempt }: FailuresOptions,
  queue: string,
): Failures => {
  for (const { name: delay } of retryTiers) metrics.retries.inc({ queue, delay }, 0) // so that rate() sees the first one
  return {
    verdictOn: (incoming, { error, maxAttempts = config.RETRY_ATTEMPTS }) => {
      const type = incoming.message()?.type
      const compensates = type !== undefined && (model.compensates ?? []).includes(type)
      return judge({ error, attempts: incoming.attempt(), maxAttempts, compensates })
    },
    reportRetry: (incoming, { error }, delayMs) => {
      metrics.retries.inc({ queue, delay: retryTierFor(delayMs).name })
      const about = aboutMessage({ queue, message: incoming.delivery.message }, language)
      const type = incoming.message()?.type
      // The external system has answered with an error, so this service is not at fault.
      const level = taskFaultOf(error).outage === false ? 'info' : 'warn'
      log[level](
        { err: error, ...about, type, attempts: incoming.attempt(), delayMs },
        'a message failed and will be retried',
      )
    },
    record: (incoming, failure) => {
      const attempt = failedAttempt(incoming, { ...failure, queue }, language)
      if (attempt) recordAttempt(attempt)
    },
  }
}
