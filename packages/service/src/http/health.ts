/** Health for orchestrators: they restart a service that is not live, and send requests only to a ready one. */

import { within } from '@quadrille/async'
import type { RequestHandler } from 'express'

export interface Health {
  /** Rejects if Postgres does not answer. */
  readonly pingPostgres: () => Promise<unknown>
  /** Receives the error of Postgres. The response has only its code, because its text may contain hosts and users. */
  readonly onPostgresFault: (error: unknown) => void
  /** Null while the broker is connected. Otherwise the reason. */
  readonly brokerFault: () => string | null
  /** Null while events can be published. Otherwise the reason why they wait. */
  readonly publishingWaitsFor: () => string | null
  /** True if the service accepts requests without a broker. Its events then wait in the outbox. */
  readonly readyWithoutBroker: boolean
  readonly outbox: () => { readonly rows: number; readonly max: number }
  /** Details that the service adds. */
  readonly details?: () => Readonly<Record<string, string | null>>
  /** Queues whose messages are held because all fail in the same way, with the kind of failure. */
  readonly held: () => Readonly<Record<string, string>>
}

/** The readiness of the service. */
export interface Readiness {
  /** `stopping`: it still accepts requests, but new ones should go to other instances. */
  readonly status: 'ready' | 'degraded' | 'not_ready' | 'stopping'
  /** 'ok', or the fault. */
  readonly postgres: string
  readonly broker: string
  readonly waitingFor: string | null
  readonly outbox: { readonly rows: number; readonly max: number }
  readonly held: Readonly<Record<string, string>>
}

export const liveHandler: RequestHandler = (_request, response) => void response.json({ status: 'live' })

/** How long a result is cached for further probes, ms. A flood of probes needs one statement per second. */
export const probeCacheMs = 1_000

/**
 * Ready while Postgres answers, once the broker has been connected. A service that accepts requests without the broker is
 * ready while Postgres answers and its outbox has room. Without the broker a ready service is degraded, because its events
 * wait in the outbox. Held messages make it degraded too.
 */
export const createReadiness = (health: Health): (() => Promise<Readiness>) => {
  let brokerSeen = health.readyWithoutBroker
  return async () => {
    const broker = health.brokerFault()
    brokerSeen ||= broker === null
    const { rows, max } = health.outbox()
    const postgres = await postgresFault(health)
    const full = health.readyWithoutBroker && rows >= max
    const ready = postgres === null && brokerSeen && !full
    const waitingFor = health.publishingWaitsFor()
    const held = health.held()
    const isDegraded = broker !== null || waitingFor !== null || Object.keys(held).length > 0
    const status = !ready ? 'not_ready' : isDegraded ? 'degraded' : 'ready'
    const common = {
      status,
      postgres: postgres ?? 'ok',
      broker: broker ?? 'ok',
      waitingFor,
      outbox: { rows, max },
      held,
    } as const
    return { ...common, ...health.details?.() }
  }
}

/** True if the instance should get requests. */
export const isReady = ({ status }: Readiness): boolean => status === 'ready' || status === 'degraded'

export const readyHandler =
  (readiness: () => Promise<Readiness>): RequestHandler =>
  async (_request, response) => {
    const body = await readiness()
    if (!isReady(body)) response.status(503).set('retry-after', '1')
    response.json(body)
  }

/** How long Postgres may take to answer a probe, ms. */
export const postgresTimeoutMs = 2_000

const postgresFault = async ({ pingPostgres, onPostgresFault }: Health): Promise<string | null> => {
  try {
    let answered = false
    await within(
      postgresTimeoutMs,
      pingPostgres().then(() => {
        answered = true
      }),
    )
    return answered ? null : `no answer within ${postgresTimeoutMs / 1_000} s`
  } catch (error) {
    onPostgresFault(error)
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
    return `does not answer${code}`
  }
}
