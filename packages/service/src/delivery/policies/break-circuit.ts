import { taskFaultOf } from '../../errors/task-fault.ts'
import type { AwaitPermit } from '../await-permit.ts'
import type { Admission, Breaker, BreakerFailure, Streak } from '../breaker.ts'
import type { Incoming } from '../incoming.ts'
import { type Outcome, polled } from '../outcome.ts'
import { answerEarly, type Handle, handleOne, type Policy } from '../policy.ts'

/**
 * A circuit breaker around the external system that the tasks of one queue call. While the system is down, tasks are postponed
 * without counting an attempt, and one of them is tried from time to time. An admitted task then waits for a permit, if their rate
 * is limited. A performed task makes no further call, so the circuit neither delays it nor learns from it.
 */
export const breakCircuit = (breaker: Breaker, awaitPermit: AwaitPermit = async () => undefined): Policy => {
  const doubt = createDoubt()
  const handle = async (incoming: Incoming, next: Handle): Promise<Outcome> => {
    if (incoming.isPerformed) return handleOne(incoming, next)
    const admission = breaker.admit()
    if (!admission) return circuitOpen(breaker)
    incoming.mayCall = admission.isValid
    const refused = await awaitPermit(incoming, admission.isValid)
    const early = admission.isValid() ? refused : circuitOpen(breaker) // it may have opened during the wait
    return after(incoming, early ?? (await handleOne(incoming, next)), admission)
  }
  /** Tells the breaker what the outcome shows about the external system, and ends the admission. */
  const after = (incoming: Incoming, outcome: Outcome, admission: Admission): Outcome => {
    const { call = outcome.status === 'failed' ? outcome.error : undefined } = incoming
    const { outage } = taskFaultOf(call)
    if (call === 'answered' || outage === false) {
      admission.succeeded() // also if it has answered with a refusal
      doubt.clear()
    }
    const isDown = call instanceof Error && outage === true && reportFailure(incoming, call, admission)
    admission.release()
    return isDown && !incoming.isPerformed ? postponed(call, call) : outcome
  }
  /** Reports the failure to the breaker. True if it is not the fault of this task. */
  const reportFailure = (incoming: Incoming, error: Error, admission: Admission): boolean => {
    const { subject } = incoming.decoded().message
    if (!taskFaultOf(error).limited) return admission.failed({ subject, error })
    admission.failed({ subject, kind: limited, error })
    return doubt.add(subject)
  }
  return (next) => (batch) => Promise.all(batch.map((incoming) => handle(incoming, next)))
}

/** The kind of the failures with the fact `limited`. */
const limited = 'limited'

/** So many different subjects in a row show an outage. */
const subjectsInOutage = 5

/**
 * Five different subjects in a row; or three tries over five seconds or longer, because an outage can also happen while few
 * subjects are open. If one subject always fails while others succeed, the fault is its own. Repeated tries do not show that of a
 * `limited` failure.
 */
export const isOutage = ({ subjects, tries, forMs }: Streak, { kind }: BreakerFailure): boolean =>
  subjects >= subjectsInOutage || (kind !== limited && tries >= 3 && forMs >= 5_000)

/** After this long, `limited` failures that show an outage count as faults of their tasks, ms. */
const longestDoubtMs = 86_400_000

/** The subjects of `limited` failures since the external system has last answered. */
const createDoubt = () => {
  const subjects = new Set<string>()
  let endsAtMs = Number.POSITIVE_INFINITY
  return {
    /** Counts a failure. True if such failures show an outage, and began to do so less than a day ago. */
    add: (subject: string): boolean => {
      if (subjects.add(subject).size < subjectsInOutage) return false
      endsAtMs = Math.min(endsAtMs, performance.now() + longestDoubtMs)
      return performance.now() < endsAtMs
    },
    clear: (): void => {
      subjects.clear()
      endsAtMs = Number.POSITIVE_INFINITY
    },
  }
}

/**
 * Postpones an admitted task if the circuit has opened since. Inside of the isolation of suspects, where many of them may have waited
 * for each other.
 */
export const confirmCircuit =
  (breaker: Breaker): Policy =>
  (next) =>
  (batch) =>
    answerEarly(
      batch,
      (incoming) => (incoming.isPerformed || incoming.mayCall() ? undefined : circuitOpen(breaker)),
      next,
    )

/**
 * No other task of the queue could be performed either, so the consumer takes no further ones and they wait in the queue. Unless the
 * failure may concern one task only: then this one soon makes room, because the answer to another one closes the circuit.
 */
const postponed = (error: Error, failure: Error | undefined): Outcome =>
  polled(error, taskFaultOf(failure).limited ? 'short' : 'long')

/** The external system of a queue is down, so its tasks are not tried. It tells why, because it is recorded for each of them. */
class CircuitOpen extends Error {
  override readonly name = 'CircuitOpen'

  constructor(cause: Error | undefined) {
    super(`The external system of this queue is down${cause ? `: ${cause.message}` : '.'}`)
  }
}

/** By the failure. Each is built once, because every waiting task is checked several times a second. */
const outcomes = new WeakMap<Error, Outcome>()
const withoutError = postponed(new CircuitOpen(undefined), undefined)

const circuitOpen = (breaker: Breaker): Outcome => {
  const error = breaker.lastError()
  if (!error) return withoutError
  const outcome = outcomes.get(error) ?? postponed(new CircuitOpen(error), error)
  outcomes.set(error, outcome)
  return outcome
}
