import { Client } from 'pg'

/** The pause after the first failure, ms. It doubles with each further one. */
const firstPauseMs = 100
/** The longest pause, ms. A recovery is noticed that much later. */
const maxPauseMs = 500

interface Failure {
  readonly error: Error
  /** Failures without a success in between. Those of concurrent attempts count as one. */
  readonly count: number
}

/**
 * The class for the connections of one pool. After a connection could not be opened, further ones fail with the same error
 * until a pause is over. Then one is tried, and a further one if that takes longer than the longest pause, because it may hang
 * although the server is reachable again. Otherwise each statement would open a connection to a server that is starting, or that
 * has no connection to spare. Open connections remain in use.
 */
export const pacedClient = (): typeof Client => {
  let failure: Failure | null = null
  let retryAtMs = 0
  return class extends Client {
    override connect(): Promise<Client>
    override connect(callback: (error: Error | null) => void): void
    /** A pool passes a callback. */
    override connect(callback?: (error: Error | null) => void): Promise<Client> | undefined {
      if (!callback) return super.connect()
      const before = failure
      if (before && performance.now() < retryAtMs) {
        process.nextTick(callback, before.error)
        return undefined
      }
      retryAtMs = performance.now() + maxPauseMs
      super.connect((error: Error | null) => {
        if (!error) {
          failure = null
        } else if (failure === before) {
          failure = { error, count: (before?.count ?? 0) + 1 }
          retryAtMs = performance.now() + pauseAfterMs(failure)
        } // else a concurrent one has succeeded or failed meanwhile
        callback(error)
      })
      return undefined
    }
  }
}

const pauseAfterMs = ({ count }: Failure): number => Math.min(maxPauseMs, firstPauseMs * 2 ** (count - 1))
