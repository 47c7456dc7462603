/**
 * Failures that are no message's own, although no list names them: a trigger that raises, a bug that every message meets. When
 * readable messages of several orders fail alike, one after the other, and none succeeds, they are held instead of counted,
 * and one of them tries now and then. The first success lets all of them go on.
 */
import type { Delivery } from '@quadrille/messaging'
import { pause } from '../repeat.ts'
import { createBreaker, type Streak, type Turn } from './breaker.ts'
import type { Failing } from './fail.ts'
import type { Failed, Handled } from './handled.ts'
import { isOwnFault } from './policy.ts'

export interface CommonFaultOptions {
  readonly failing: Failing
  readonly stopping: AbortSignal
  /** Told when messages begin to be held, with the last error, and when they go on. */
  readonly onChange: (state: 'open' | 'closed', error?: Error) => void
}

/** Handles a delivery until it is settled, is to come back later, or the service stops. */
export type Settle = (delivery: Delivery, handle: () => Promise<Handled>) => Promise<void>

/** So many different orders whose messages fail alike in a row. One that would be given up is held as soon as it has company. */
const isCommon = ({ orders }: Streak, { last = false }): boolean => orders >= (last ? 2 : 5)

/** How long a message that fails alone, for the last time, waits for another that fails alike or succeeds, ms. */
const companyWithinMs = 1_000

/** How long a message is held in hand, ms. Then it makes room for others and comes back later, uncounted. */
const heldForMs = 30_000

export const settlingDespiteCommonFaults = ({ failing, stopping, onChange }: CommonFaultOptions): Settle => {
  let lastError: Error | undefined
  let successes = 0
  let news = Promise.withResolvers<void>()
  const breaker = createBreaker({ opensAt: isCommon, onChange: (state) => onChange(state, lastError) })
  const tell = () => {
    news.resolve()
    news = Promise.withResolvers()
  }

  const fails = (turn: Turn, failure: FailureAlike): boolean => {
    lastError = failure.error
    return turn.failed(failure)
  }

  /** True where it has company: another order's message fails alike before any succeeds. */
  const findsCompany = async (turn: Turn, failure: FailureAlike): Promise<boolean> => {
    const [before, endMs] = [successes, performance.now() + companyWithinMs]
    while (!stopping.aborted && performance.now() < endMs) {
      await Promise.race([news.promise, pause(endMs - performance.now(), stopping)])
      if (successes > before) return false
      if (fails(turn, failure)) return true
    }
    return false
  }

  const isHeld = async (turn: Turn, failure: FailureAlike): Promise<boolean> => {
    const held = fails(turn, failure)
    tell()
    return held || (failure.last && findsCompany(turn, failure))
  }

  /** The turn to try again; `timeout` where it has waited for long. Null where the service stops. */
  const nextTurn = async (): Promise<Turn | 'timeout' | null> => {
    const turn = await breaker.admit(AbortSignal.any([stopping, AbortSignal.timeout(heldForMs)]))
    return turn ?? (stopping.aborted ? null : 'timeout')
  }

  const succeeded = (turn: Turn) => {
    successes += 1
    turn.answered()
    tell()
  }

  /** Waits for its turn to try again. Null where the delivery is settled, or the service stops. */
  const hold = async (delivery: Delivery, failed: Failed, attempts: number): Promise<Try | null> => {
    const turn = await nextTurn()
    if (turn === null) return null
    if (turn !== 'timeout') return { turn, attempts, wasHeld: true }
    if (failed.performed) return { turn: breaker.enter(), attempts, wasHeld: false }
    delivery.retry({ error: failed.error, delayMs: heldForMs, isAttempt: false })
    return null
  }

  /** Settles the delivery by its verdict. A task that was done stays in hand, as another instance would do it again. */
  const judged = async (delivery: Delivery, failed: Failed, attempts: number): Promise<Try | null> => {
    const verdict = failing.verdictOn(failed, attempts)
    if (verdict.next === 'park') breaker.forget({ orderId: failed.orderId ?? '', kind: kindOf(failed.error) })
    if (!failed.performed || verdict.next === 'park') {
      failing.settle(delivery, failed, verdict)
      return null
    }
    failing.tellOfRetry(delivery, failed, verdict.delayMs)
    await pause(verdict.delayMs, stopping)
    return stopping.aborted ? null : { turn: breaker.enter(), attempts: attempts + 1, wasHeld: false }
  }

  const afterFailure = async (delivery: Delivery, failed: Failed, { turn, attempts, wasHeld }: Try) => {
    // What was let go because others succeed, and fails again, fails by its own fault.
    const letGo = wasHeld && !turn.tries
    if (failed.orderId !== undefined && !letGo && !isOwnFault(failed.error)) {
      const last = failing.verdictOn(failed, attempts).next === 'park'
      const failure = { orderId: failed.orderId, kind: kindOf(failed.error), last, error: failed.error }
      if (await isHeld(turn, failure)) return hold(delivery, failed, attempts)
    }
    turn.leave()
    return judged(delivery, failed, attempts)
  }

  return async (delivery, handle) => {
    let next: Try | null = { turn: breaker.enter(), attempts: delivery.attempts + 1, wasHeld: false }
    while (next) {
      const handled = await handle()
      if (handled.status === 'done') return succeeded(next.turn)
      if (handled.status === 'left') return next.turn.leave()
      next = await afterFailure(delivery, handled, next)
    }
  }
}

/** One time that a delivery is handled. */
interface Try {
  readonly turn: Turn
  /** How often handling it will have failed if this fails. */
  readonly attempts: number
  /** Whether it was held just before. */
  readonly wasHeld: boolean
}

interface FailureAlike {
  readonly orderId: string
  readonly kind: string
  readonly last: boolean
  readonly error: Error
}

/** What two failures have in common that are of one kind: name, code and place. */
const kindOf = (error: Error): string => {
  const place = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at ')) ?? ''
  return `${nameOf(error)} ${place.trim()}`
}

/** The error without its text, which may say anything. */
export const nameOf = (error: Error): string => ('code' in error ? `${error.name} ${String(error.code)}` : error.name)
