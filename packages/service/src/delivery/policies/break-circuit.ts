import { taskFaultOf } from '../../errors/task-fault.ts'
import type { Incoming } from '../incoming.ts'
import type { Outcome } from '../outcome.ts'
import { type Handle, mapOutcomes, type Policy, shortCircuit } from '../policy.ts'
import type { Breaker, Permit } from './breaker.ts'

/** How often a task that waits for an open circuit checks whether it may be the next probe, ms. */
const pollEveryMs = 250

/**
 * How long a task waits in memory for an open circuit, ms. No other task of the queue could be performed either, so the
 * consumer takes no further ones and they wait in the queue. RabbitMQ closes the channel of a delivery that is unsettled for 30
 * minutes.
 */
const maxWaitMs = 600_000

/**
 * A circuit breaker around the external system that the tasks of one queue call. While the system is down, tasks are postponed
 * without counting an attempt, and one of them is tried from time to time.
 */
export const breakCircuit = (breaker: Breaker): Policy => {
  const after = (incoming: Incoming, outcome: Outcome, permit: Permit): Outcome => {
    if (outcome.status === 'done' || incoming.isPerformed) permit.succeeded() // the external system has answered
    if (outcome.status !== 'failed') {
      permit.release()
      return outcome
    }
    const { outage } = taskFaultOf(outcome.error)
    if (outage === false) permit.succeeded() // it has answered with a refusal
    const isOutage = outage === true && permit.failed({ subject: incoming.decoded().message.subject })
    permit.release()
    return isOutage ? { status: 'not_now', error: outcome.error, pauseMs: pollEveryMs, maxWaitMs } : outcome
  }

  return (next) => async (batch) => {
    const permits = new Map<Incoming, Permit>()
    const admit = (incoming: Incoming): Outcome | undefined => {
      const permit = incoming.isPerformed ? breaker.bypass() : breaker.admit()
      if (!permit) return { status: 'not_now', error: new CircuitOpen(), pauseMs: pollEveryMs, maxWaitMs }
      permits.set(incoming, permit)
      return undefined
    }
    const admitted: Handle = (items) => shortCircuit(items, admit, next)
    return mapOutcomes(batch, admitted, (incoming, outcome) => {
      const permit = permits.get(incoming)
      return permit ? after(incoming, outcome, permit) : outcome
    })
  }
}

/** The external system of a queue is down, so its tasks are not tried. */
class CircuitOpen extends Error {
  override readonly name = 'CircuitOpen'

  constructor() {
    super('The external system of this queue is down.')
  }
}
