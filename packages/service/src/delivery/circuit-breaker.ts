/**
 * A circuit breaker around the external system that the tasks of one queue call. While that is down,
 * tasks wait where they are: their worker holds its prefetch and takes no more, so the queue absorbs what comes, and no
 * attempt is counted. Every now and then one of them tries.
 */
export interface Breaker {
  /** Resolves when the task may ask: at once while closed, else when it is its turn to try. Null where the signal is aborted first. */
  admit(signal: AbortSignal): Promise<Turn | null>
  /** A turn out of turn: it asks at once, also while open, and leaves the tries to those who wait for one. */
  enter(): Turn
  /** The failure turned out to be the subject's own: it no longer counts among those in a row. */
  forget(failure: AskFailure): void
}

/** One task's turn to ask the outside, and to tell what came of it. */
export interface Turn {
  /** True where it was let through while open, to try. */
  readonly tries: boolean
  /** It has answered, be it by a refusal: it is there. */
  answered(): void
  /** It has failed. True where it counts as down now: then nothing is wrong with this task, which waits for its next turn. */
  failed(failure: AskFailure): boolean
  /** The task is over. Where nothing was said of the outside, the next one may try. */
  leave(): void
}

export interface AskFailure {
  readonly subject: string
  /** Failures of different kinds are counted apart. Default: all are alike. */
  readonly kind?: string
  /** True where the message is given up if this failure is its own. Default false. */
  readonly last?: boolean
}

/** Failures of one kind in a row, with no answer in between. */
export interface Streak {
  /** How many different subjects they are of. */
  readonly subjects: number
  readonly tries: number
  /** From the first to the last, ms. */
  readonly forMs: number
}

export interface BreakerOptions {
  readonly onChange: (state: 'open' | 'closed', failure?: AskFailure) => void
  /** Whether so many failures mean that nothing gets an answer. Default: see `isOutage`. */
  readonly opensAt?: (streak: Streak, failure: AskFailure) => boolean
  /** A clock that only goes forward, ms. */
  readonly now?: () => number
}

/**
 * Five different subjects in a row, or three tries of any over five seconds: outages happen with few open subjects, too. If one
 * subject always fails while others are answered, the failure is that subject's own.
 */
const isOutage = ({ subjects, tries, forMs }: Streak): boolean => subjects >= 5 || (tries >= 3 && forMs >= 5_000)

/** From the opening to the first try, ms. It doubles with each failed try. */
const firstPauseMs = 1_000
/** The longest time between two tries, ms. */
const longestPauseMs = 10_000

export const createBreaker = (options: BreakerOptions): Breaker => {
  const { onChange, opensAt = isOutage } = options
  const failures = createStreaks(options.now)
  const waiting = new Set<() => void>()
  let state: 'closed' | 'pausing' | 'ready' | 'trying' = 'closed'
  let pauseMs = firstPauseMs
  let timer: NodeJS.Timeout | undefined

  const change = (to: typeof state, failure?: AskFailure) => {
    const was = state
    state = to
    if ((was === 'closed') !== (to === 'closed')) onChange(to === 'closed' ? 'closed' : 'open', failure)
  }
  const close = () => {
    clearTimeout(timer)
    failures.clear()
    pauseMs = firstPauseMs
    change('closed')
    for (const wake of waiting) wake()
  }
  const pause = (failure: AskFailure) => {
    change('pausing', failure)
    timer = setTimeout(letOneTry, pauseMs).unref()
    pauseMs = Math.min(longestPauseMs, pauseMs * 2)
  }
  const letOneTry = () => {
    change('ready')
    const [first] = waiting // it has waited longest
    first?.()
  }
  const turn = (tries: boolean): Turn => {
    let trying = tries
    const tried = () => {
      const was = trying && state === 'trying'
      trying = false
      return was
    }
    return {
      tries,
      answered: () => {
        trying = false
        close()
      },
      failed: (failure) => {
        const inVain = tried()
        if (state === 'closed' && !opensAt(failures.add(failure), failure)) return false
        if (state === 'closed' || inVain) pause(failure)
        return true
      },
      leave: () => {
        if (tried()) letOneTry()
      },
    }
  }

  return {
    admit: async (signal) => {
      while (state !== 'closed' && state !== 'ready') {
        if (signal.aborted) return null
        await wakeUp(waiting, signal)
      }
      const tries = state === 'ready'
      if (tries) change('trying')
      return turn(tries)
    },
    enter: () => turn(false),
    forget: (failure) => failures.forget(failure),
  }
}

/** The failures since the last answer, by their kind. */
const createStreaks = (now = () => performance.now()) => {
  const streaks = new Map<string, { readonly subjects: Set<string>; readonly sinceMs: number; tries: number }>()
  return {
    add: ({ subject, kind = '' }: AskFailure): Streak => {
      const streak = streaks.get(kind) ?? { subjects: new Set(), sinceMs: now(), tries: 0 }
      streaks.set(kind, streak)
      streak.tries += 1
      return { subjects: streak.subjects.add(subject).size, tries: streak.tries, forMs: now() - streak.sinceMs }
    },
    forget: ({ subject, kind = '' }: AskFailure): void => void streaks.get(kind)?.subjects.delete(subject),
    clear: () => streaks.clear(),
  }
}

/** Resolves when it is woken, or the signal is aborted. */
const wakeUp = (waiting: Set<() => void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const wake = () => {
      waiting.delete(wake)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    waiting.add(wake)
    signal.addEventListener('abort', wake)
  })
