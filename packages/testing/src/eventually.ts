/** Waits for a server that is starting. */
import { setTimeout as pause } from 'node:timers/promises'

export interface Deadline {
  readonly seconds: number
  /** The awaited condition, for the error message. */
  readonly what: string
  /** Throws if the server has exited, so that waiting ends. */
  readonly checkAlive?: () => void
}

/** Repeats an attempt until it succeeds. @throws the last failure at the deadline. */
export const eventually = async <T>(attempt: () => Promise<T>, { seconds, what, checkAlive }: Deadline): Promise<T> => {
  const end = Date.now() + seconds * 1_000
  for (;;) {
    checkAlive?.()
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s.`, { cause: error })
      await pause(50)
    }
  }
}
