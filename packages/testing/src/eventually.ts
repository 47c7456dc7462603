/** Waiting for a server that is starting. */
import { setTimeout as pause } from 'node:timers/promises'

export interface Deadline {
  readonly seconds: number
  /** What is waited for, for the error. */
  readonly what: string
  /** Throws where waiting is in vain. */
  readonly stillHope?: () => void
}

/** Tries again and again until it succeeds. @throws the last failure, when the time is over. */
export const eventually = async <T>(attempt: () => Promise<T>, { seconds, what, stillHope }: Deadline): Promise<T> => {
  const end = Date.now() + seconds * 1_000
  for (;;) {
    stillHope?.()
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s.`, { cause: error })
      await pause(50)
    }
  }
}
