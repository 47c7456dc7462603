/**
 * A circuit breaker around what the tasks of one queue ask the outside for (a gateway, a mail server). While that is down,
 * tasks wait where they are: their worker holds its prefetch and takes no more, so the queue absorbs what comes, and no
 * attempt is counted. Every now and then one of them tries.
 */
export interface Breaker {
  /** Resolves when the task may ask: at once while closed, else when it is its turn to try. Null where the signal is aborted first. */
  admit(signal: AbortSignal): Promise<Turn | null>
}

/** One task's turn to ask the outside, and to tell what came of it. */
export interface Turn {
  /** It has answered, be it by a refusal: it is there. */
  answered(): void
  /** It has failed. True where it counts as down now: then nothing is wrong with this task, which waits for its next turn. */
  failed(orderId: string): boolean
  /** The task is over. Where nothing was said of the outside, the next one may try. */
  leave(): void
}

export interface BreakerOptions {
  readonly onChange: (state: 'open' | 'closed') => void
  /** For so many different orders in a row it must fail. One order for which it always fails is that order's trouble. Default 5. */
  readonly ordersToOpen?: number
  /** From the opening to the first try, ms; twice as long after each try in vain. Default 1,000. */
  readonly firstPauseMs?: number
  /** The longest time between two tries, ms. Default 10,000. */
  readonly longestPauseMs?: number
}

export const createBreaker = (options: BreakerOptions): Breaker => {
  const { onChange, ordersToOpen = 5, firstPauseMs = 1_000, longestPauseMs = 10_000 } = options
  const failing = new Set<string>()
  const waiting = new Set<() => void>()
  let state: 'closed' | 'pausing' | 'ready' | 'trying' = 'closed'
  let pauseMs = firstPauseMs
  let timer: NodeJS.Timeout | undefined

  const change = (to: typeof state) => {
    const was = state
    state = to
    if ((was === 'closed') !== (to === 'closed')) onChange(to === 'closed' ? 'closed' : 'open')
  }
  const close = () => {
    clearTimeout(timer)
    failing.clear()
    pauseMs = firstPauseMs
    change('closed')
    for (const wake of waiting) wake()
  }
  const pause = () => {
    change('pausing')
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
      answered: () => {
        trying = false
        close()
      },
      failed: (orderId) => {
        const inVain = tried()
        if (state === 'closed' && failing.add(orderId).size < ordersToOpen) return false
        if (state === 'closed' || inVain) pause()
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
