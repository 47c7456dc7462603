import { taskFaultOf } from '../../errors/task-fault.ts'
import type { Incoming } from '../incoming.ts'
import type { Outcome } from '../outcome.ts'
import { mapOutcomes, type Policy, shortCircuit } from '../policy.ts'
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
 * without counting an attempt, and one of them is tried from time to time. A performed task makes no further call, so the
 * circuit neither delays it nor learns from it.
 */
export interface CircuitBreaking {
  /** Postpones tasks while the circuit is open, and observes the outcomes of the others. */
  readonly admit: Policy
  /** Postpones an admitted task if the circuit has opened while it waited, such as for a permit of a rate limit. Innermost. */
  readonly confirm: Policy
}

export const breakCircuit = (breaker: Breaker): CircuitBreaking => {
  const permits = new WeakMap<Incoming, Permit>()

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
    return isOutage ? postponed(outcome.error) : outcome
  }

  const admit = (incoming: Incoming): Outcome | undefined => {
    if (incoming.isPerformed) return undefined
    const permit = breaker.admit()
    if (!permit) return postponed(new CircuitOpen())
    permits.set(incoming, permit)
    return undefined
  }
  const confirm = (incoming: Incoming): Outcome | undefined =>
    incoming.isPerformed || permits.get(incoming)?.isValid() ? undefined : postponed(new CircuitOpen())

  return {
    admit: (next) => (batch) =>
      mapOutcomes(
        batch,
        (items) => shortCircuit(items, admit, next),
        (incoming, outcome) => {
          const permit = permits.get(incoming)
          permits.delete(incoming)
          return permit ? after(incoming, outcome, permit) : outcome
        },
      ),
    confirm: (next) => (batch) => shortCircuit(batch, confirm, next),
  }
}

const postponed = (error: Error): Outcome => ({ status: 'not_now', error, pauseMs: pollEveryMs, maxWaitMs })

/** The external system of a queue is down, so its tasks are not tried. */
class CircuitOpen extends Error {
  override readonly name = 'CircuitOpen'

  constructor() {
    super('The external system of this queue is down.')
  }
}
