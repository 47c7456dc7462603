/** The reason why a service is not ready, for the terminal. */
import type { Readiness } from '@quadrille/service/tools'

export interface Unready {
  readonly reason: string
  /** True if the service is degraded: it accepts requests, but their work waits. */
  readonly acceptsRequests: boolean
}

/** Null for a service that is ready. */
export const unreadinessOf = (readiness: Readiness): Unready | null =>
  readiness.status === 'ready'
    ? null
    : { reason: reasonOf(readiness), acceptsRequests: readiness.status === 'degraded' }

const reasonOf = ({ postgres, broker, waitingFor, held }: Readiness): string => {
  const waits = [postgres, broker, waitingFor].find((text) => text !== 'ok' && text !== null)
  const [heldQueue] = Object.entries(held).map(
    ([queue, failure]) => `all messages of ${queue} fail with the same error: ${failure}`,
  )
  return waits ?? heldQueue ?? 'its outbox is full'
}
