import { pause } from '@quadrille/async'
import { look } from './look.ts'
import type { MakeRelay } from './port.ts'
import { storeOnly } from './rows.ts'

/** The pause after a look that has found rows, ms. It doubles with each look that does not. */
const shortestPauseMs = 10
const longestPauseMs = 500

/** Change data capture by query, with adaptive pauses: a polling publisher. */
export const query: MakeRelay = (surroundings) => {
  const stopping = new AbortController()
  const { signal } = stopping
  const run = async () => {
    for (let pauseMs = shortestPauseMs; !signal.aborted; ) {
      const looked = await look(surroundings).catch(failed)
      const wasUseful = looked === 'some' || looked === 'full'
      pauseMs = wasUseful ? shortestPauseMs : Math.min(pauseMs * 2, longestPauseMs)
      if (looked !== 'full') await pause(pauseMs, signal)
    }
  }
  const failed = (error: unknown) => {
    surroundings.onError(error)
    return 'failed' as const
  }
  let running = Promise.resolve()
  return {
    start: async () => {
      running = run()
    },
    prepare: storeOnly,
    stop: () => {
      stopping.abort()
      return running
    },
  }
}
