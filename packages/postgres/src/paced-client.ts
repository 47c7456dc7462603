import { Client, type ClientConfig } from 'pg'
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
    /** Why the configuration can't be used: a file that the URL names, such as `sslrootcert`, is read for each connection. */
    readonly unusable: Error | null
    /** A pool creates its clients where an error would end the process. So it is reported by `connect`. */
    // biome-ignore lint/correctness/noUnreachableSuper: the second call follows only where the first one has failed
    constructor(config?: ClientConfig) {
      let thrown: unknown = null
      try {
        super(config)
      } catch (error) {
        super()
        thrown = error
      }
      this.unusable = thrown === null || thrown instanceof Error ? thrown : new Error(String(thrown))
    }
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
      if (this.unusable) process.nextTick(conclude, this.unusable)
      else super.connect((error: Error | null) => (error ? conclude(error) : check(this, conclude)))
      return undefined
    }
  }
}

const pauseAfterMs = ({ count }: Failure): number => Math.min(maxPauseMs, firstPauseMs * 2 ** (count - 1))
