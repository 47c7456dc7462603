/**
 * Detects faults that concern many messages, but that no list of errors contains: a trigger that raises an error, or a bug that
 * every message meets. If messages of several subjects fail in the same way and none succeeds in between, they are held without
 * counting attempts. Each delivery is tried once when it arrives, and one of the held ones is tried from time to time. The first
 * success releases all of them.
 */
import { framesOf } from '../../errors/frames.ts'
import { taskFaultOf } from '../../errors/task-fault.ts'
import type { Admission, Breaker, BreakerFailure, Streak } from '../breaker.ts'
import type { Incoming } from '../incoming.ts'
import { type Failed, type Outcome, polled } from '../outcome.ts'
import { answerEarly, type Policy } from '../policy.ts'

/** True if messages of five subjects have failed in the same way in a row. At the last attempt of a message, two are enough. */
export const isCommon = ({ subjects }: Streak, { last = false }: BreakerFailure): boolean => subjects >= (last ? 2 : 5)

/** How long a message that failed at its last attempt waits until another one fails in the same way or succeeds, ms. */
const decideWithinMs = 1_000

/** A message that failed at its last attempt. It is not known yet whether others fail in the same way. */
interface Undecided {
  readonly failed: Failed
  readonly failure: BreakerFailure
  /** The number of batches with a success before it failed. */
  readonly successesBefore: number
  readonly untilMs: number
}

/** @param isLast true if this failure would make the message a dead letter. */
export const holdCommonFaults = (breaker: Breaker, isLast: (incoming: Incoming, failed: Failed) => boolean): Policy => {
  let successes = 0
  const held = new WeakMap<Incoming, Failed>()
  const undecided = new WeakMap<Incoming, Undecided>()

  return (next) => async (batch) => {
    const admissions = new Map<Incoming, Admission>()
    const early = (incoming: Incoming): Outcome | undefined => {
      const admitted = admit(incoming)
      if ('status' in admitted) return admitted
      admissions.set(incoming, admitted)
      return undefined
    }
    const outcomes = await answerEarly(batch, early, next)
    const success = batch[outcomes.findIndex(({ status }) => status === 'applied')]
    if (success) {
      successes += 1
      admissions.get(success)?.succeeded()
    }
    const decide = success ? besideSuccess : after
    return outcomes.map((outcome, index) => {
      const incoming = batch[index]
      const admission = incoming && admissions.get(incoming)
      return admission ? decide(incoming, outcome, admission) : outcome
    })
  }

  /** An admission to try the message, or the outcome of a message that must wait. */
  function admit(incoming: Incoming): Admission | Outcome {
    const last = undecided.get(incoming)
    if (last) return decideLastFailure(incoming, last)
    const failed = held.get(incoming)
    return failed ? (breaker.admit() ?? postpone(incoming, failed)) : breaker.bypass()
  }

  /** If another message of the batch succeeds, the failed messages are at fault themselves. */
  function besideSuccess(incoming: Incoming, outcome: Outcome): Outcome {
    held.delete(incoming)
    return outcome.status === 'failed' ? blame(incoming, outcome) : outcome
  }

  function after(incoming: Incoming, outcome: Outcome, admission: Admission): Outcome {
    const decided = outcome.status === 'failed' ? afterFailure(incoming, outcome, admission) : outcome
    admission.release()
    return decided
  }

  function afterFailure(incoming: Incoming, failed: Failed, admission: Admission): Outcome {
    const wasReleased = held.delete(incoming) && !admission.isProbe
    const subject = incoming.message()?.subject
    // A message that fails again after its release is at fault itself.
    if (subject === undefined || wasReleased || isExplained(failed.error)) return blame(incoming, failed)
    const { error } = failed
    const failure = { subject, kind: kindOf(error), last: isLast(incoming, failed), error }
    if (admission.failed(failure)) return hold(incoming, failed)
    if (!failure.last) return failed
    const untilMs = performance.now() + decideWithinMs
    undecided.set(incoming, { failed, failure, successesBefore: successes, untilMs })
    return waitForDecision(failed)
  }

  function decideLastFailure(incoming: Incoming, last: Undecided): Outcome {
    const { failed, failure, successesBefore, untilMs } = last
    const isBlamed = successes > successesBefore
    // It is reported again: others may have failed in the same way since, or another failure of its subject was forgotten.
    if (!isBlamed && breaker.bypass().failed(failure)) {
      undecided.delete(incoming)
      return hold(incoming, failed)
    }
    if (!isBlamed && performance.now() < untilMs) return waitForDecision(failed)
    undecided.delete(incoming)
    return blame(incoming, failed)
  }

  function hold(incoming: Incoming, failed: Failed): Outcome {
    held.set(incoming, failed)
    return postpone(incoming, failed)
  }

  /** The failure is the message's own. */
  function blame(incoming: Incoming, failed: Failed): Outcome {
    const subject = incoming.message()?.subject
    if (subject !== undefined && isLast(incoming, failed)) breaker.forget({ subject, kind: kindOf(failed.error) })
    return failed
  }
}

/**
 * True if the task has said whose fault it is: that of its message, or of the external system. For the latter there is the circuit
 * breaker.
 */
const isExplained = (error: Error): boolean => {
  const { outage, limited } = taskFaultOf(error)
  return outage !== undefined || limited === true
}

const postpone = ({ isPerformed }: Incoming, { error }: Failed): Outcome =>
  polled(error, isPerformed ? 'long' : 'short')

/** It waits for `decideWithinMs` at most, no matter how long the message has been in memory. */
const waitForDecision = ({ error }: Failed): Outcome => polled(error, 'unlimited')

/** Two failures are of one kind if name, code and place are the same. */
const kindOf = (error: Error): string => {
  const [place = ''] = framesOf(error.stack ?? '', error.message)
  return `${nameOf(error)} ${place.trim()}`
}

/** The name and the code of the error. Its text may contain data of the message. */
export const nameOf = (error: Error): string => ('code' in error ? `${error.name} ${String(error.code)}` : error.name)
