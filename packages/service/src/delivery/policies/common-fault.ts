/**
 * Holds messages that fail for a reason which is not their own, although no list names it: a trigger that raises an error, say, or
 * a bug that every message meets. If messages of several subjects fail alike, one after the other, and none succeeds, they are put
 * off without counting an attempt, and one of them is tried from time to time. The first success lets all of them go on.
 */
import type { Incoming } from '../incoming.ts'
import type { Failed, Outcome } from '../outcome.ts'
import { answerEarly, type Policy } from '../policy.ts'
import { isOwnFault } from '../retry-policy.ts'
import { performedInHandMs } from '../settle.ts'
import { createBreaker, type Failure, type Streak, type Turn } from './breaker.ts'

export interface CommonFaultOptions {
  /** True if the failure is the last one that the message is allowed. */
  readonly isLast: (incoming: Incoming, failed: Failed) => boolean
  /** Called when messages begin to be held, with the last error, and when they go on. */
  readonly onChange: (state: 'open' | 'closed', error?: Error) => void
}

/** So many subjects whose messages fail alike in a row. A message that would be given up is held as soon as there is another one. */
const isCommon = ({ subjects }: Streak, { last = false }: Failure): boolean => subjects >= (last ? 2 : 5)

/** How long a message that fails alone, for the last time, waits for another one that fails alike or succeeds, ms. */
const companyWithinMs = 1_000

/** How often a message that waits looks whether its turn has come, ms. */
const lookEveryMs = 250

/** A message that has failed alone for the last time. */
interface Alone {
  readonly failed: Failed
  readonly failure: Failure
  /** The number of successes of others before it failed. */
  readonly successes: number
  readonly untilMs: number
}

export const holdCommonFaults = ({ isLast, onChange }: CommonFaultOptions): Policy => {
  let lastError: Error | undefined
  let successes = 0
  const breaker = createBreaker({ opensAt: isCommon, onChange: (state) => onChange(state, lastError) })
  const held = new WeakMap<Incoming, Failed>()
  const alone = new WeakMap<Incoming, Alone>()

  const hold = (incoming: Incoming, failed: Failed): Outcome => {
    held.set(incoming, failed)
    return putOff(incoming, failed)
  }

  /** The failure is the message's own. */
  const blame = (incoming: Incoming, failed: Failed): Outcome => {
    const subject = incoming.message()?.subject
    if (subject !== undefined && isLast(incoming, failed)) breaker.forget({ subject, kind: kindOf(failed.error) })
    return failed
  }

  const lookForCompany = (incoming: Incoming, { failed, failure, untilMs, ...before }: Alone): Outcome => {
    const isBlamed = successes > before.successes
    if (!isBlamed && breaker.enter().failed(failure)) {
      alone.delete(incoming)
      return hold(incoming, failed)
    }
    if (!isBlamed && performance.now() < untilMs) return waitForCompany(failed)
    alone.delete(incoming)
    return blame(incoming, failed)
  }

  const afterFailure = (incoming: Incoming, failed: Failed, turn: Turn): Outcome => {
    const wasLetGo = held.delete(incoming) && !turn.isProbe
    const subject = incoming.message()?.subject
    // A message that was let go because others succeed, and fails again, fails by its own fault.
    if (subject === undefined || wasLetGo || isOwnFault(failed.error)) return blame(incoming, failed)
    lastError = failed.error
    const failure = { subject, kind: kindOf(failed.error), last: isLast(incoming, failed) }
    if (turn.failed(failure)) return hold(incoming, failed)
    if (!failure.last) return failed
    alone.set(incoming, { failed, failure, successes, untilMs: performance.now() + companyWithinMs })
    return waitForCompany(failed)
  }

  const after = (incoming: Incoming, outcome: Outcome, turn: Turn): Outcome => {
    const decided = outcome.status === 'failed' ? afterFailure(incoming, outcome, turn) : outcome
    turn.left()
    return decided
  }

  /** A turn to try the message, or the outcome of a message that has to wait. */
  const admit = (incoming: Incoming): Turn | Outcome => {
    const last = alone.get(incoming)
    if (last) return lookForCompany(incoming, last)
    const failed = held.get(incoming)
    return failed ? (breaker.admit() ?? putOff(incoming, failed)) : breaker.enter()
  }

  /** A success in the same batch shows that messages which failed beside it fail by their own fault. */
  const besideSuccess = (incoming: Incoming, outcome: Outcome, turn: Turn): Outcome => {
    turn.left()
    held.delete(incoming)
    return outcome.status === 'failed' ? blame(incoming, outcome) : outcome
  }

  return (next) => async (batch) => {
    const turns = new Map<Incoming, Turn>()
    const early = (incoming: Incoming): Outcome | undefined => {
      const admitted = admit(incoming)
      if ('status' in admitted) return admitted
      turns.set(incoming, admitted)
      return undefined
    }
    const outcomes = await answerEarly(batch, early, next)
    const success = batch[outcomes.findIndex(({ status }) => status === 'done')]
    if (success) {
      successes += 1
      turns.get(success)?.succeeded()
    }
    const decide = success ? besideSuccess : after
    return outcomes.map((outcome, index) => {
      const incoming = batch[index]
      const turn = incoming && turns.get(incoming)
      return turn ? decide(incoming, outcome, turn) : outcome
    })
  }
}

const putOff = ({ isPerformed }: Incoming, { error }: Failed): Outcome => ({
  status: 'not_now',
  error,
  pauseMs: lookEveryMs,
  ...(isPerformed && { inHandMs: performedInHandMs }),
})

/** However long the message has been in hand: it waits for `companyWithinMs` at most. */
const waitForCompany = ({ error }: Failed): Outcome => ({
  status: 'not_now',
  error,
  pauseMs: lookEveryMs,
  inHandMs: Number.POSITIVE_INFINITY,
})

/** Two failures are of one kind if name, code and place are the same. */
const kindOf = (error: Error): string => {
  const place = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at ')) ?? ''
  return `${nameOf(error)} ${place.trim()}`
}

/** The error without its text, which can contain anything. */
export const nameOf = (error: Error): string => ('code' in error ? `${error.name} ${String(error.code)}` : error.name)
