/** Decides about a delivery whose handling failed, and settles it: retry or dead letter. */
import type { Language, ServiceModel } from '@quadrille/messages'
import { type Delivery, retryTierFor } from '@quadrille/messaging'
import type { Logger } from 'pino'
import { taskFaultOf } from '../errors/task-fault.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { traceIdOf } from '../telemetry/trace-id.ts'
import type { Failed } from './handling-result.ts'
import { judge, type Verdict } from './retry-policy.ts'

export interface FailureHandler {
  /** @param attempts how often handling the message has failed, this time included. */
  verdictOn(failed: Failed, attempts: number): Verdict
  /** Retries or parks the delivery, as the verdict says. */
  settle(delivery: Delivery, failed: Failed, verdict: Verdict): void
  /** Logs and counts a retry. */
  reportRetry(delivery: Delivery, failed: Failed, delayMs: number): void
}

export interface FailureHandlerOptions {
  readonly language: Pick<Language, 'subject'>
  readonly model: Pick<ServiceModel, 'compensates'>
  readonly config: { readonly RETRY_ATTEMPTS: number }
  readonly log: Logger
  readonly metrics: Pick<Metrics, 'retries'>
}

export const createFailureHandler = (
  { language, model, config, log, metrics }: FailureHandlerOptions,
  queue: string,
): FailureHandler => {
  const reportRetry: FailureHandler['reportRetry'] = ({ message, attempts }, { error, type }, delayMs) => {
    metrics.retries.inc({ queue, delay: retryTierFor(delayMs).name })
    const { id, correlationId } = message
    const about = {
      ...{ queue, type, messageId: id, [language.subject.field]: correlationId },
      trace_id: traceIdOf(message) ?? undefined,
    }
    const level = taskFaultOf(error).outage === false ? 'info' : 'warn' // an answer of the outside is no trouble of ours
    log[level]({ err: error, ...about, attempts: attempts + 1, delayMs }, 'a message failed and comes back later')
  }
  return {
    reportRetry,
    verdictOn: ({ error, type, maxAttempts = config.RETRY_ATTEMPTS }, attempts) => {
      const compensates = type !== undefined && (model.compensates ?? []).includes(type)
      return judge({ error, attempts, maxAttempts, compensates })
    },
    settle: (delivery, failed, verdict) => {
      const { error } = failed
      if (verdict.next === 'park') return delivery.park({ reason: verdict.reason, error })
      const { delayMs, isAttempt } = verdict
      if (isAttempt) reportRetry(delivery, failed, delayMs)
      delivery.retry({ error, delayMs, isAttempt })
    },
  }
}
