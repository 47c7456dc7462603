import { faultOf } from '@quadrille/postgres'
import { pause } from './repeat.ts'

export interface RecoveryOptions {
  /** Ends every pause. */
  readonly signal: AbortSignal
  /** Jitter, from 0 to 1. Default Math.random. */
  readonly random?: () => number
}

export interface Recovery {
  /** One pause for all who wait for Postgres, longer each time until something works again: 50 ms to 2 s, with full jitter. */
  pause(): Promise<void>
  /** Something has worked. */
  works(): void
  /** How long it has been working since the last outage, ms; for ever where there was none. */
  workingForMs(): number
  /** Does it, and again for as long as Postgres is away. Null where the signal is aborted meanwhile. */
  outlast<Result>(work: () => Promise<Result>): Promise<Result | null>
}

const firstMs = 50
const maxMs = 2_000

/** What a service knows about outages of its Postgres. */
export const createRecovery = ({ signal, random = Math.random }: RecoveryOptions): Recovery => {
  let failures = 0
  let lastFailure = Number.NEGATIVE_INFINITY
  let waiting: Promise<void> | null = null
  const wait = async () => {
    failures += 1
    await pause(random() * Math.min(maxMs, firstMs * 2 ** failures), signal)
    waiting = null
  }
  const recovery: Recovery = {
    pause: () => {
      lastFailure = performance.now()
      waiting ??= wait()
      return waiting
    },
    works: () => {
      failures = 0
    },
    workingForMs: () => performance.now() - lastFailure,
    outlast: async (work) => {
      for (;;) {
        try {
          return await work()
        } catch (error) {
          if (faultOf(error) !== 'unavailable') throw error
        }
        if (signal.aborted) return null
        await recovery.pause()
      }
    },
  }
  return recovery
}
