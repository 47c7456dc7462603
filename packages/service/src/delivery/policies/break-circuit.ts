import { taskFaultOf } from '../../errors/task-fault.ts'
import type { Incoming } from '../incoming.ts'
import { longestWaitMs, type Outcome } from '../outcome.ts'
import { mapOutcomes, type Policy, shortCircuit } from '../policy.ts'
import type { Admission, Breaker } from './breaker.ts'

/** How often a task that waits for an open circuit checks whether it may be the next probe, ms. */
const pollEveryMs = 250

/**
 * A circuit breaker around the external system that the tasks of one queue call. While the system is down, tasks are postponed
 * without counting an attempt, and one of them is tried from time to time. A performed task makes no further call, so the
 * circuit neither delays it nor learns from it.
 */
export interface CircuitBreaking {
  /** Postpones tasks while the circuit is open, and observes the outcomes of the others. */
  readonly admit: Policy
  /** Postpones an admitted task if the circuit has opened while it waited, such as for a permit of a rate limit. Innermost. */
  readonly confirm: Policy
  /** The outcome of an admitted task if the circuit has opened meanwhile. Undefined if it may make its call. */
  readonly obstacleTo: (incoming: Incoming) => Outcome | undefined
}

export const breakCircuit = (breaker: Breaker): CircuitBreaking => {
  const admissions = new WeakMap<Incoming, Admission>()

  const after = (incoming: Incoming, outcome: Outcome, admission: Admission): Outcome => {
    if (outcome.status === 'done' || incoming.isPerformed) admission.succeeded() // the external system has answered
    if (outcome.status !== 'failed') {
      admission.release()
      return outcome
    }
    const { error } = outcome
    const { outage } = taskFaultOf(error)
    if (outage === false) admission.succeeded() // it has answered with a refusal
    const isOutage = outage === true && admission.failed({ subject: incoming.decoded().message.subject, error })
    admission.release()
    return isOutage ? postponed(error) : outcome
  }

  const admit = (incoming: Incoming): Outcome | undefined => {
    if (incoming.isPerformed) return undefined
    const admission = breaker.admit()
    if (!admission) return circuitOpen
    admissions.set(incoming, admission)
    return undefined
  }
  const obstacleTo: CircuitBreaking['obstacleTo'] = (incoming) =>
    incoming.isPerformed || admissions.get(incoming)?.isValid() ? undefined : circuitOpen

  return {
    admit: (next) => (batch) =>
      mapOutcomes(
        batch,
        (items) => shortCircuit(items, admit, next),
        (incoming, outcome) => {
          const admission = admissions.get(incoming)
          admissions.delete(incoming)
          return admission ? after(incoming, outcome, admission) : outcome
        },
      ),
    confirm: (next) => (batch) => shortCircuit(batch, obstacleTo, next),
    obstacleTo,
  }
}

/** No other task of the queue could be performed either, so the consumer takes no further ones and they wait in the queue. */
const postponed = (error: Error): Outcome => ({
  status: 'not_now',
  error,
  pauseMs: pollEveryMs,
  maxWaitMs: longestWaitMs,
})

/** The external system of a queue is down, so its tasks are not tried. */
class CircuitOpen extends Error {
  override readonly name = 'CircuitOpen'

  constructor() {
    super('The external system of this queue is down.')
  }
}

/** Built once, because each waiting task is checked several times a second. */
const circuitOpen = postponed(new CircuitOpen())
