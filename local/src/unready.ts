/** The reason why a service is not ready, for the terminal. */
import type { Readiness } from '@quadrille/service'

export interface Unready {
  readonly reason: string
  /** Degraded: it accepts requests, and unfinished work waits. */
  readonly takesRequests: boolean
}

/** Null for a service that is ready. */
export const unreadinessOf = (readiness: Readiness): Unready | null =>
  readiness.status === 'ready' ? null : { reason: reasonOf(readiness), takesRequests: readiness.status === 'degraded' }

const reasonOf = ({ postgres, broker, waitingFor, held }: Readiness): string => {
  const waits = [postgres, broker, waitingFor].find((text) => text !== 'ok' && text !== null)
  const [alike] = Object.entries(held).map(([queue, failure]) => `messages of ${queue} all fail alike: ${failure}`)
  return waits ?? alike ?? 'its outbox is full'
}
