/** Deliveries in hand that can't be handled now. Each is tried again after a pause, for some seconds. */
import { backoffMs } from '@quadrille/async'
import { endSpan } from '../telemetry/tracing.ts'
import type { Incoming } from './incoming.ts'
import type { NotNow } from './outcome.ts'

export interface WaitingRoomOptions {
  /** Called when the delivery is to be handled again. */
  readonly onDue: (incoming: Incoming) => void
  /** Called once for a delivery that has waited for a lock for about a second. */
  readonly onWaiting: (incoming: Incoming, error: Error) => void
  /** Jitter, from 0 to 1. Default Math.random. */
  readonly random?: () => number
}

export interface WaitingRoom {
  /** `kept`: it is handled again after a pause. `expired`: it has been in hand for too long. `closed`: the service stops. */
  keep(incoming: Incoming, outcome: NotNow): 'kept' | 'expired' | 'closed'
  /** From now on nothing is kept, and what was kept stays unsettled: it is delivered again. */
  close(): void
}

/** How long a delivery stays in hand by default, ms. */
const defaultInHandMs = 5_000

/** The pauses between tries: up to 20 ms at first, twice as long after each further try, and 2 s at most, with full jitter. */
const pauses = { firstMs: 20, maxMs: 2_000 }

/** After so many tries, about a second, the wait for a lock is reported. */
const triesToReport = 8

export const createWaitingRoom = ({ onDue, onWaiting, random = Math.random }: WaitingRoomOptions): WaitingRoom => {
  const timers = new Map<NodeJS.Timeout, Incoming>()
  let closed = false
  return {
    keep: (incoming, { error, pauseMs, inHandMs = defaultInHandMs }) => {
      if (closed) return 'closed'
      const nowMs = performance.now()
      incoming.putOffSinceMs ??= nowMs
      if (nowMs - incoming.putOffSinceMs >= inHandMs) return 'expired'
      incoming.putOff += 1
      if (pauseMs === undefined && incoming.putOff === triesToReport) onWaiting(incoming, error)
      const timer = setTimeout(
        () => {
          timers.delete(timer)
          onDue(incoming)
        },
        pauseMs ?? backoffMs(incoming.putOff, { ...pauses, random }),
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
