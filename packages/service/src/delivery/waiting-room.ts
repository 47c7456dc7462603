/**
 * Deliveries that can't be handled now. They stay in memory, unacknowledged, and are tried again after pauses, for some
 * seconds.
 */
import { backoffMs } from '@quadrille/async'
import { endSpan } from '../telemetry/tracing.ts'
import type { Incoming } from './incoming.ts'
import type { NotNow } from './outcome.ts'

export interface WaitingRoomOptions {
  readonly onDue: (incoming: Incoming) => void
  /** Called once for a delivery that has waited for a lock for about a second. */
  readonly onWaiting: (incoming: Incoming, error: Error) => void
  /** Jitter, from 0 to 1. Default Math.random. */
  readonly random?: () => number
}

export interface WaitingRoom {
  /** `kept`: it is handled again after a pause. `expired`: it has been in memory for too long. `closed`: the service stops. */
  keep(incoming: Incoming, outcome: NotNow): 'kept' | 'expired' | 'closed'
  /** Keeps no further deliveries. The kept ones stay unsettled, so they are delivered again. */
  close(): void
}

/** The pauses between tries: up to 20 ms at first, twice as long after each further try, and 2 s at most, with full jitter. */
const pauses = { firstMs: 20, maxMs: 2_000 }

/** The number of tries, about a second, after which the wait for a lock is reported. */
const reportAfterTries = 8

export const createWaitingRoom = ({ onDue, onWaiting, random = Math.random }: WaitingRoomOptions): WaitingRoom => {
  const timers = new Map<NodeJS.Timeout, Incoming>()
  let closed = false
  return {
    keep: (incoming, { error, pauseMs, wait = 'short' }) => {
      if (closed) return 'closed'
      const endsAtMs = incoming.beginWait(wait)
      if (performance.now() >= endsAtMs) return 'expired'
      if (pauseMs === undefined) incoming.backoffs += 1
      if (pauseMs === undefined && incoming.backoffs === reportAfterTries) onWaiting(incoming, error)
      const timer = setTimeout(
        () => {
          timers.delete(timer)
          onDue(incoming)
        },
        pauseMs ?? backoffMs(incoming.backoffs, { ...pauses, random }),
      )
      timers.set(timer, incoming)
      return 'kept'
    },
    close: () => {
      closed = true
      for (const [timer, { span }] of timers) {
        clearTimeout(timer)
        endSpan(span)
      }
      timers.clear()
    },
  }
}
