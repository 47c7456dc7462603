import { Client } from 'pg'

/** The pause after the first failure, ms. It doubles with each further one. */
const firstPauseMs = 100
/** The longest pause, ms. A recovery is noticed that much later. */
const maxPauseMs = 500

interface Failure {
  readonly error: Error
  /** Failures without a success in between. Those of concurrent attempts count as one. */
  readonly count: number
  readonly retryAtMs: number
}

/**
 * The class for the connections of one pool. After a connection could not be opened, further ones fail with the same error
 * until a pause is over, and then until one of them has succeeded. Otherwise each statement would open a connection to a server
 * that is starting, or that has no connection to spare. Open connections remain in use.
 */
export const pacedClient = (): typeof Client => {
  let failure: Failure | null = null
  let isTrying = false
  return class extends Client {
    override connect(): Promise<Client>
    override connect(callback: (error: Error | null) => void): void
    /** A pool passes a callback. */
    override connect(callback?: (error: Error | null) => void): Promise<Client> | undefined {
      if (!callback) return super.connect()
      const before = failure
      if (before && (isTrying || performance.now() < before.retryAtMs)) {
        process.nextTick(callback, before.error)
        return undefined
      }
      isTrying = before !== null
      super.connect((error: Error | null) => {
        if (before) isTrying = false
        failure = error && failureAfter(before, error)
        callback(error)
      })
      return undefined
    }
  }
}

const failureAfter = (before: Failure | null, error: Error): Failure => {
  const count = (before?.count ?? 0) + 1
  return { error, count, retryAtMs: performance.now() + Math.min(maxPauseMs, firstPauseMs * 2 ** (count - 1)) }
}
