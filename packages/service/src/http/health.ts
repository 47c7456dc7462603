/** Health for orchestrators: they restart a service that is not live, and send requests only to a ready one. */

import type { RequestHandler } from 'express'

export interface Readiness {
  /** `stopping`: it still accepts requests, but new ones should go to other instances. */
  readonly status: 'ready' | 'degraded' | 'not_ready' | 'stopping'
  /** 'ok', or the fault. */
  readonly postgres: string
  readonly broker: string
  /** Null while events can be published. Otherwise the reason why they wait. */
  readonly waitingFor: string | null
  readonly outbox: { readonly rows: number; readonly max: number }
  /** Queues whose messages are held because all fail in the same way, with the kind of failure. */
  readonly held: Readonly<Record<string, string>>
}

export const liveHandler: RequestHandler = (_request, response) => void response.json({ status: 'live' })

/** How long a result is cached for further probes, ms. A flood of probes needs one statement per second. */
export const probeCacheMs = 1_000

/** True if the instance should get requests. */
export const isReady = ({ status }: Readiness): boolean => status === 'ready' || status === 'degraded'

export const readyHandler =
  (readiness: () => Promise<Readiness>): RequestHandler =>
  async (_request, response) => {
    const body = await readiness()
    if (!isReady(body)) response.status(503).set('retry-after', '1')
    response.json(body)
  }
