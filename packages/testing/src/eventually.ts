/** Waiting for a server that is starting. */
import { setTimeout as pause } from 'node:timers/promises'

export interface Deadline {
  readonly seconds: number
  /** The awaited condition, for the error. */
  readonly what: string
  /** Throws if waiting is pointless. */
  readonly stillHope?: () => void
}

/** Repeats an attempt until it succeeds. @throws the last failure when the time is over. */
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
