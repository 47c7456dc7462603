/**
 * A circuit breaker: a state machine that counts failures in a row. While it is open, nothing is tried but a probe from time to
 * time. The first success closes it.
 */
export interface Breaker {
  /** A turn to try: always while closed; while open one at a time, when the pause is over. Null: it is not yet time. */
  admit(): Turn | null
  /** A turn without asking, also while open. It does not count as a probe. */
  enter(): Turn
  /** The failure turned out to be the subject's own: it no longer counts among the failures in a row. */
  forget(failure: Failure): void
}

/** One try, and what it shows. */
export interface Turn {
  /** True if it was admitted while the breaker was open. */
  readonly isProbe: boolean
  /** It succeeded, or the external system has answered, even if by a refusal. */
  succeeded(): void
  /** It failed. True if the breaker is open now: then the failure is not this subject's own. */
  failed(failure: Failure): boolean
  /** It ended, and shows nothing. After a probe, the next one may follow at once. */
  left(): void
}

export interface Failure {
  readonly subject: string
  /** Failures of different kinds are counted apart. Default: all are alike. */
  readonly kind?: string
  /** True if the message is given up in case the failure is its own. Default false. */
  readonly last?: boolean
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
  readonly onChange: (state: 'open' | 'closed') => void
  /** Whether these failures open the breaker. Default: see `isOutage`. */
  readonly opensAt?: (streak: Streak, failure: Failure) => boolean
  /** A clock that only goes forward, ms. */
  readonly now?: () => number
}

/**
 * Five different subjects in a row, or three tries of any subjects in five seconds, as outages also happen while few subjects are
 * open. If one subject always fails while others succeed, the failure is that subject's own.
 */
const isOutage = ({ subjects, tries, forMs }: Streak): boolean => subjects >= 5 || (tries >= 3 && forMs >= 5_000)

/** From the opening to the first probe, ms. The pause doubles with each failed probe. */
const firstPauseMs = 1_000
/** The longest pause between two probes, ms. */
const longestPauseMs = 10_000

/** An opening of the breaker, until it closes. */
interface Opening {
  pauseMs: number
  nextProbeAtMs: number
  isProbing: boolean
}

export const createBreaker = ({
  onChange,
  opensAt = isOutage,
  now = () => performance.now(),
}: BreakerOptions): Breaker => {
  const failures = createStreaks(now)
  let opening: Opening | null = null

  const open = () => {
    opening = { pauseMs: firstPauseMs, nextProbeAtMs: now() + firstPauseMs, isProbing: false }
    onChange('open')
  }
  const close = () => {
    failures.clear()
    if (!opening) return
    opening = null
    onChange('closed')
  }

  const turn = (probed: Opening | null): Turn => {
    let isProbing = probed !== null
    /** True the first time for the probe of the current opening. */
    const endProbe = () => {
      const ends = isProbing && probed === opening
      isProbing = false
      if (ends && opening) opening.isProbing = false
      return ends
    }
    return {
      isProbe: probed !== null,
      succeeded: () => {
        isProbing = false
        close()
      },
      failed: (failure) => {
        const wasProbe = endProbe()
        if (!opening) {
          if (!opensAt(failures.add(failure), failure)) return false
          open()
        } else if (wasProbe) {
          opening.pauseMs = Math.min(longestPauseMs, opening.pauseMs * 2)
          opening.nextProbeAtMs = now() + opening.pauseMs
        }
        return true
      },
      left: () => void endProbe(),
    }
  }

  return {
    admit: () => {
      if (!opening) return turn(null)
      if (opening.isProbing || now() < opening.nextProbeAtMs) return null
      opening.isProbing = true
      return turn(opening)
    },
    enter: () => turn(null),
    forget: (failure) => failures.forget(failure),
  }
}

/** The failures since the last success, by their kind. */
const createStreaks = (now: () => number) => {
  const streaks = new Map<string, { readonly subjects: Set<string>; readonly sinceMs: number; tries: number }>()
  return {
    add: ({ subject, kind = '' }: Failure): Streak => {
      const streak = streaks.get(kind) ?? { subjects: new Set(), sinceMs: now(), tries: 0 }
      streaks.set(kind, streak)
      streak.tries += 1
      return { subjects: streak.subjects.add(subject).size, tries: streak.tries, forMs: now() - streak.sinceMs }
    },
    forget: ({ subject, kind = '' }: Failure): void => void streaks.get(kind)?.subjects.delete(subject),
    clear: () => streaks.clear(),
  }
}
