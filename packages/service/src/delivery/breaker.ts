/**
 * A circuit breaker: a state machine that counts consecutive failures. While it is open, it admits only a probe from time to
 * time. The first success closes it. Two policies have one for each queue, with different rules for when it opens (`opensAt`):
 *
 * - `breakCircuit` protects an external system. Each task needs an admission before its call. An admission that is no longer valid
 *   (`isValid`) keeps a task from its call if the breaker has opened meanwhile.
 * - `holdCommonFaults` holds messages that all fail in the same way (`kind`). A message that has just arrived is tried even while the
 *   breaker is open (`bypass`), and only those that were held wait for an admission. A failure at the `last` attempt opens the breaker
 *   sooner. One that is the message's own fault no longer counts (`forget`).
 */
export interface Breaker {
  /**
   * An admission for one try. While closed: always. While open: one at a time, after the pause, or after two minutes without a result
   * of the last one; otherwise null.
   */
  admit(): Admission | null
  /** An admission for a try that must not wait, even while open. It does not count as a probe. */
  bypass(): Admission
  /**
   * True while it is open, unless no try was wanted or has failed for `idleAfterMs`. Only a try can close it. So without one it may
   * stay open after the cause has gone.
   */
  isBlocking(): boolean
  /** The time since a try was last wanted or has last failed, ms. 0 while one runs, and Infinity while it is closed. */
  idleForMs(): number
  /** The error of the last failure while it is open. Undefined while it is closed. */
  lastError(): Error | undefined
  /** Removes a failure from the count, because it is the fault of its own subject only. */
  forget(failure: BreakerFailure): void
}

/** The admission for one try. The caller reports the result. */
export interface Admission {
  /** True if it was admitted while the breaker was open. */
  readonly isProbe: boolean
  /** False while the breaker is open, except for the present probe: it has opened since the admission was given. */
  isValid(): boolean
  /** The try succeeded, or the external system has answered, even with a refusal. */
  succeeded(): void
  /** The try failed. True if the breaker is open now: the failure is not the fault of this subject. */
  failed(failure: BreakerFailure): boolean
  /** The try ended without a result. After a probe, the next probe may follow at once. */
  release(): void
}

export interface BreakerFailure {
  readonly subject: string
  /** Failures of different kinds are counted separately. Default: all are of one kind. */
  readonly kind?: string
  /** True if the message becomes a dead letter unless the breaker opens. Default false. */
  readonly last?: boolean
  /** The reason, for reports, and for the tries that are not admitted. */
  readonly error?: Error
}

/** Failures of one kind in a row, with no success in between. */
export interface Streak {
  /** The number of different subjects. */
  readonly subjects: number
  readonly tries: number
  /** From the first to the last failure, ms. */
  readonly forMs: number
}

export interface BreakerOptions {
  /** Called when it opens, with the error of the last failure, and when it closes. */
  readonly onChange: (state: 'open' | 'closed', error?: Error) => void
  /** Called when a probe fails, with its error. */
  readonly onProbeFailed?: (error?: Error) => void
  /** Whether these failures open the breaker. */
  readonly opensAt: (streak: Streak, failure: BreakerFailure) => boolean
  /** Without a try for this long, an open breaker counts as not blocking, ms. Default a minute. */
  readonly idleAfterMs?: number
  /** A monotonic clock, ms. */
  readonly now?: () => number
}

/** The pause before the first probe, ms. It doubles after each failed probe. */
const firstPauseMs = 1_000
/** The longest pause between two probes, ms. */
const longestPauseMs = 10_000

/** How long a probe may take before another one follows, ms. A try that never ends must not keep the breaker open. */
const longestProbeMs = 120_000

/** One period in which the breaker is open. */
interface Opening {
  pauseMs: number
  nextProbeAtMs: number
  /** The present probe. The end of an earlier one, which took too long, does not end it. */
  probe: symbol | null
  usedAtMs: number
  lastError: Error | undefined
}

const openingAt = (nowMs: number, { error }: BreakerFailure): Opening => ({
  pauseMs: firstPauseMs,
  nextProbeAtMs: nowMs + firstPauseMs,
  probe: null,
  usedAtMs: nowMs,
  lastError: error,
})

export const createBreaker = ({
  onChange,
  onProbeFailed = () => undefined,
  opensAt,
  idleAfterMs = 60_000,
  now = () => performance.now(),
}: BreakerOptions): Breaker => {
  const failures = createStreaks(now)
  let opening: Opening | null = null

  const openIfDue = (failure: BreakerFailure): boolean => {
    if (!opensAt(failures.add(failure), failure)) return false
    opening = openingAt(now(), failure)
    onChange('open', failure.error)
    return true
  }
  const close = () => {
    failures.clear()
    if (!opening) return
    opening = null
    onChange('closed')
  }

  const idleForMs = (): number => {
    if (!opening) return Number.POSITIVE_INFINITY
    return opening.probe ? 0 : now() - opening.usedAtMs
  }

  const admission = (probe: symbol | null): Admission => {
    /** Ends the probe if this is the present one. Returns whether it was. */
    const endProbe = () => {
      if (!opening || !probe || opening.probe !== probe) return false
      opening.probe = null
      opening.nextProbeAtMs = now()
      return true
    }
    return {
      isProbe: probe !== null,
      isValid: () => !opening || (probe !== null && opening.probe === probe),
      succeeded: close,
      failed: (failure) => {
        const wasProbe = endProbe()
        if (!opening) return openIfDue(failure)
        opening.usedAtMs = now()
        opening.lastError = failure.error
        if (wasProbe) {
          opening.pauseMs = Math.min(longestPauseMs, opening.pauseMs * 2)
          opening.nextProbeAtMs = now() + opening.pauseMs
          onProbeFailed(failure.error)
        }
        return true
      },
      release: () => void endProbe(),
    }
  }

  return {
    admit: () => {
      if (!opening) return admission(null)
      opening.usedAtMs = now()
      if (now() < opening.nextProbeAtMs) return null
      opening.probe = Symbol('probe')
      opening.nextProbeAtMs = now() + longestProbeMs
      return admission(opening.probe)
    },
    bypass: () => admission(null),
    isBlocking: () => idleForMs() < idleAfterMs,
    idleForMs,
    lastError: () => opening?.lastError,
    forget: (failure) => failures.forget(failure),
  }
}

/** The failures since the last success, by their kind. */
const createStreaks = (now: () => number) => {
  const streaks = new Map<string, { readonly subjects: Set<string>; readonly sinceMs: number; tries: number }>()
  return {
    add: ({ subject, kind = '' }: BreakerFailure): Streak => {
      const streak = streaks.get(kind) ?? { subjects: new Set(), sinceMs: now(), tries: 0 }
      streaks.set(kind, streak)
      streak.tries += 1
      return { subjects: streak.subjects.add(subject).size, tries: streak.tries, forMs: now() - streak.sinceMs }
    },
    forget: ({ subject, kind = '' }: BreakerFailure): void => void streaks.get(kind)?.subjects.delete(subject),
    clear: () => streaks.clear(),
  }
}
