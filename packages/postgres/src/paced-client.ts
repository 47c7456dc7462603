import { Client } from 'pg'
import { checkServer } from './check-server.ts'

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
 *
 * A connection to a standby fails too: what it reads may be outdated, and a task that finds nothing to do is acknowledged. A server
 * becomes a standby only by a restart, which ends all sessions, so it is enough to ask at the beginning of each. A promoted standby has
 * its own configuration and libraries, which `checkServer` checks too.
 *
 * With `onMoved`, a connection to another database than that of the first one fails as well, and is reported: see `PoolOptions`.
 */
export const pacedClient = (onMoved?: (error: Error) => void): typeof Client => {
  const check = checkServer(onMoved)
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
      const conclude = (error: Error | null) => {
        if (!error) {
          failure = null
        } else if (failure === before) {
          failure = { error, count: (before?.count ?? 0) + 1 }
          retryAtMs = performance.now() + pauseAfterMs(failure)
        } // else a concurrent one has succeeded or failed meanwhile
        callback(error)
      }
      super.connect((error: Error | null) => (error ? conclude(error) : check(this, conclude)))
      return undefined
    }
  }
}

const pauseAfterMs = ({ count }: Failure): number => Math.min(maxPauseMs, firstPauseMs * 2 ** (count - 1))
