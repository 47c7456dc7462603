/**
 * Failures that are no message's own, although no list names them: a trigger that raises, a bug that every message meets. When
 * readable messages of several subjects fail alike, one after the other, and none succeeds, they are held instead of counted,
 * and one of them tries now and then. The first success lets all of them go on.
 */

import { pause } from '@quadrille/async'
import type { Delivery } from '@quadrille/messaging'
import { createBreaker, type Streak, type Turn } from './circuit-breaker.ts'
import type { FailureHandler } from './failure-handler.ts'
import type { Failed, HandlingResult } from './handling-result.ts'
import { isOwnFault, type Verdict } from './retry-policy.ts'

export interface CommonFaultOptions {
  readonly failures: FailureHandler
  readonly stopping: AbortSignal
  /**
   * How long a task that was done stays in hand while its outcome can't be stored, ms. Then it comes back later, uncounted, and
   * most likely to this process, which still has the outcome. Another one does the task again, which its key makes harmless.
   * Default 10 minutes: RabbitMQ closes the channel of a delivery that is in hand for 30.
   */
  readonly inHandMs?: number
  /** Told when messages begin to be held, with the last error, and when they go on. */
  readonly onChange: (state: 'open' | 'closed', error?: Error) => void
}

/** Handles a delivery until it is settled, is to come back later, or the service stops. */
export type Settle = (delivery: Delivery, handle: () => Promise<HandlingResult>) => Promise<void>

/** So many different subjects whose messages fail alike in a row. One that would be given up is held as soon as it has company. */
const isCommon = ({ subjects }: Streak, { last = false }): boolean => subjects >= (last ? 2 : 5)

/** How long a message that fails alone, for the last time, waits for another that fails alike or succeeds, ms. */
const companyWithinMs = 1_000

/** How long a message is held in hand, ms. Then it makes room for others and comes back later, uncounted. */
const heldForMs = 30_000

export const createSettler = ({ failures, stopping, inHandMs = 600_000, onChange }: CommonFaultOptions): Settle => {
  let lastError: Error | undefined
  const news = createNews(stopping)
  const breaker = createBreaker({ opensAt: isCommon, onChange: (state) => onChange(state, lastError) })

  const fails = (turn: Turn, failure: FailureAlike): boolean => {
    lastError = failure.error
    return turn.failed(failure)
  }

  const isHeld = async (turn: Turn, failure: FailureAlike): Promise<boolean> => {
    const held = fails(turn, failure)
    news.failed()
    return held || (failure.last && news.findsCompany(() => fails(turn, failure)))
  }

  /** The turn to try again; `timeout` where it has waited for long. Null where the service stops. */
  const nextTurn = async (): Promise<Turn | 'timeout' | null> => {
    const turn = await breaker.admit(AbortSignal.any([stopping, AbortSignal.timeout(heldForMs)]))
    return turn ?? (stopping.aborted ? null : 'timeout')
  }

  /** Waits for its turn to try again. Null where the delivery is settled, or the service stops. */
  const hold = async (delivery: Delivery, failed: Failed, { attempts, sinceMs }: Try): Promise<Try | null> => {
    const turn = await nextTurn()
    if (turn === null) return null
    if (turn !== 'timeout') return { turn, attempts, sinceMs, wasHeld: true }
    if (staysInHand(failed, sinceMs)) return { ...again(sinceMs), attempts }
    delivery.retry({ error: failed.error, delayMs: heldForMs, isAttempt: false })
    return null
  }

  const again = (sinceMs: number) => ({ turn: breaker.enter(), sinceMs, wasHeld: false })

  const staysInHand = ({ performed = false }: Failed, sinceMs: number): boolean =>
    performed && performance.now() - sinceMs < inHandMs

  const pauseInHand = async (delivery: Delivery, failed: Failed, { delayMs, isAttempt }: Retry): Promise<void> => {
    if (isAttempt) failures.reportRetry(delivery, failed, delayMs)
    await pause(delayMs, stopping)
  }

  /** Settles the delivery by its verdict. A task that was done stays in hand, as another instance would do it again. */
  const judged = async (delivery: Delivery, failed: Failed, { attempts, sinceMs }: Try): Promise<Try | null> => {
    const verdict = failures.verdictOn(failed, attempts)
    if (verdict.next === 'park') breaker.forget({ subject: failed.subject ?? '', kind: kindOf(failed.error) })
    if (verdict.next === 'park' || !staysInHand(failed, sinceMs)) {
      failures.settle(delivery, failed, failed.performed ? uncounted(verdict) : verdict)
      return null
    }
    await pauseInHand(delivery, failed, verdict)
    return stopping.aborted ? null : { ...again(sinceMs), attempts: attempts + Number(verdict.isAttempt) }
  }

  const afterFailure = async (delivery: Delivery, failed: Failed, tried: Try) => {
    const { turn, attempts, wasHeld } = tried
    // What was let go because others succeed, and fails again, fails by its own fault.
    const letGo = wasHeld && !turn.tries
    if (failed.subject !== undefined && !letGo && !isOwnFault(failed.error)) {
      const last = failures.verdictOn(failed, attempts).next === 'park'
      const failure = { subject: failed.subject, kind: kindOf(failed.error), last, error: failed.error }
      if (await isHeld(turn, failure)) return hold(delivery, failed, tried)
    }
    turn.leave()
    return judged(delivery, failed, tried)
  }

  return async (delivery, handle) => {
    let next: Try | null = { ...again(performance.now()), attempts: delivery.attempts + 1 }
    while (next) {
      const handled = await handle()
      if (handled.status === 'done') {
        next.turn.answered()
        return news.succeeded()
      }
      if (handled.status === 'left') return next.turn.leave()
      next = await afterFailure(delivery, handled, next)
    }
  }
}

type Retry = Extract<Verdict, { next: 'retry' }>

const uncounted = (verdict: Verdict): Verdict => (verdict.next === 'retry' ? { ...verdict, isAttempt: false } : verdict)

/** What other messages meet, for one that fails alone for the last time. */
const createNews = (stopping: AbortSignal) => {
  let successes = 0
  let next = Promise.withResolvers<void>()
  const tell = () => {
    next.resolve()
    next = Promise.withResolvers()
  }
  return {
    failed: tell,
    succeeded: () => {
      successes += 1
      tell()
    },
    /** True where it has company: another subject's message fails alike before any succeeds. */
    findsCompany: async (failsAlike: () => boolean): Promise<boolean> => {
      const [before, endMs] = [successes, performance.now() + companyWithinMs]
      while (!stopping.aborted && performance.now() < endMs) {
        await Promise.race([next.promise, pause(endMs - performance.now(), stopping)])
        if (successes > before) return false
        if (failsAlike()) return true
      }
      return false
    },
  }
}

/** One time that a delivery is handled. */
interface Try {
  readonly turn: Turn
  /** How often handling it will have failed if this fails. */
  readonly attempts: number
  /** Since when the delivery is in hand, by a clock that only goes forward. */
  readonly sinceMs: number
  /** Whether it was held just before. */
  readonly wasHeld: boolean
}

interface FailureAlike {
  readonly subject: string
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
