/** The circuit breakers of the queues, and what they report to the log. */
import type { Logger } from 'pino'
import type { MonitoredConsumer } from '../telemetry/load/samplers.ts'
import { oncePer } from '../telemetry/once-per.ts'
import { type Breaker, createBreaker } from './breaker.ts'
import { isOutage } from './policies/break-circuit.ts'
import { isCommon, nameOf } from './policies/common-fault.ts'

/**
 * Without a try for this long, this instance holds no message any more, ms. A held message is back in memory within 10 s, unless
 * another instance has got it. Shorter than the minute after which an alert fires.
 */
const emptyAfterMs = 15_000

interface CommonFaults extends Pick<MonitoredConsumer, 'heldFor' | 'releasedForMs'> {
  readonly breaker: Breaker
}

/** The breaker for messages of a queue that all fail in the same way. */
export const watchCommonFaults = (log: Logger, queue: string): CommonFaults => {
  let closedAtMs = Number.NEGATIVE_INFINITY
  const breaker = createBreaker({
    opensAt: isCommon,
    idleAfterMs: emptyAfterMs,
    onChange: (state, err) => {
      if (state === 'open')
        return log.error(
          { queue, err },
          'messages of several subjects fail in the same way: they are held, and one is tried from time to time',
        )
      closedAtMs = performance.now()
      log.info({ queue }, 'a message succeeded: the held messages are released')
    },
  })
  return {
    breaker,
    heldFor: () => {
      const error = breaker.lastError()
      return error && breaker.isBlocking() ? nameOf(error) : null
    },
    releasedForMs: () => Math.min(performance.now() - closedAtMs, breaker.idleForMs()),
  }
}

/** The circuit breaker around the external system that the tasks of a queue call. */
export const watchExternalSystem = (log: Logger, queue: string): Breaker => {
  const isDue = oncePer(60_000)
  const warn = (err: Error | undefined, consequence: string, isNew: boolean) => {
    if (isDue(err?.message ?? '') || isNew)
      log.warn({ queue, err }, `the external system of this queue does not answer: ${consequence}`)
  }
  return createBreaker({
    opensAt: isOutage,
    onProbeFailed: (err) => warn(err, 'another try has failed', false),
    onChange: (state, err) => {
      if (state === 'open') warn(err, 'its tasks wait, and one is tried from time to time', true)
      else log.info({ queue }, 'the external system of this queue answers again')
    },
  })
}
