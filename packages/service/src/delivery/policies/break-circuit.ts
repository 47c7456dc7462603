import { taskFaultOf } from '../../errors/task-fault.ts'
import type { Incoming } from '../incoming.ts'
import type { Outcome } from '../outcome.ts'
import { answerEarly, decideAfter, type Handle, type Policy } from '../policy.ts'
import type { Breaker, Turn } from './breaker.ts'

/** How often a task that waits for an open circuit looks whether it may be the next probe, ms. */
const lookEveryMs = 250

/**
 * How long a task waits in hand for an open circuit, ms. No other task of the queue could be performed either, so the consumer takes
 * no more and the queue absorbs what arrives. RabbitMQ closes the channel of a delivery that is unsettled for 30 minutes.
 */
const inHandMs = 600_000

/**
 * A circuit breaker around the external system that the tasks of one queue call. While the system is down, tasks are put off
 * without counting an attempt, and one of them is tried from time to time.
 */
export const breakCircuit = (breaker: Breaker): Policy => {
  const after = (incoming: Incoming, outcome: Outcome, turn: Turn): Outcome => {
    if (outcome.status === 'done' || incoming.isPerformed) turn.succeeded() // the external system has answered
    if (outcome.status !== 'failed') {
      turn.left()
      return outcome
    }
    const { outage } = taskFaultOf(outcome.error)
    if (outage === false) turn.succeeded() // it has answered by a refusal
    const isOutage = outage === true && turn.failed({ subject: incoming.decoded().message.subject })
    turn.left()
    return isOutage ? { status: 'not_now', error: outcome.error, pauseMs: lookEveryMs, inHandMs } : outcome
  }

  return (next) => async (batch) => {
    const turns = new Map<Incoming, Turn>()
    const admit = (incoming: Incoming): Outcome | undefined => {
      const turn = incoming.isPerformed ? breaker.enter() : breaker.admit()
      if (!turn) return { status: 'not_now', error: new CircuitOpen(), pauseMs: lookEveryMs, inHandMs }
      turns.set(incoming, turn)
      return undefined
    }
    const admitted: Handle = (items) => answerEarly(items, admit, next)
    return decideAfter(batch, admitted, (incoming, outcome) => {
      const turn = turns.get(incoming)
      return turn ? after(incoming, outcome, turn) : outcome
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
