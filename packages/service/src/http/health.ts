/** Health for orchestrators: alive is whether to restart the process, ready is whether to send it requests. */

import { within } from '@quadrille/async'
import type { RequestHandler } from 'express'

export interface Health {
  /** Rejects while Postgres doesn't answer. */
  readonly askPostgres: () => Promise<unknown>
  /** Gets the error with which Postgres refused, whose text may name hosts and users: the answer only has its code. */
  readonly onPostgresFault: (error: unknown) => void
  /** Null while the broker is connected; otherwise why not. */
  readonly brokerFault: () => string | null
  /** Null while events can be published; otherwise what they wait for. */
  readonly publishingWaitsFor: () => string | null
  /** True where the service does its main job also without a broker, and so fills its outbox while there is none. */
  readonly readyWithoutBroker: boolean
  readonly outbox: () => { readonly rows: number; readonly max: number }
  /** What the service itself adds. */
  readonly details?: () => Readonly<Record<string, string | null>>
  /** Queues whose messages all fail alike and are held, with the kind of failure. */
  readonly held: () => Readonly<Record<string, string>>
}

/** What the service says of its readiness. */
export interface Readiness {
  readonly status: 'ready' | 'degraded' | 'not_ready'
  /** 'ok', or what is amiss. */
  readonly postgres: string
  readonly broker: string
  readonly waitingFor: string | null
  readonly outbox: { readonly rows: number; readonly max: number }
  readonly held: Readonly<Record<string, string>>
}

export const live: RequestHandler = (_request, response) => void response.json({ status: 'live' })

/** How long an answer is given to everybody who asks over HTTP, ms: so a flood of probes is one statement a second. */
export const probesSharedMs = 1_000

/**
 * Ready while Postgres answers and the broker has answered once; or, without need of the broker, while the outbox has room. A
 * broker that goes away after that makes the service degraded, not unready: what it decides waits in the outbox. So do
 * messages that all fail alike and are held.
 */
export const createReadiness = (health: Health): (() => Promise<Readiness>) => {
  let brokerSeen = health.readyWithoutBroker
  return async () => {
    const broker = health.brokerFault()
    brokerSeen ||= broker === null
    const { rows, max } = health.outbox()
    const postgres = await fault(health)
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

export const readyPage =
  (readiness: () => Promise<Readiness>): RequestHandler =>
  async (_request, response) => {
    const body = await readiness()
    if (body.status === 'not_ready') response.status(503).set('retry-after', '1')
    response.json(body)
  }

const answerWithinMs = 2_000

const fault = async ({ askPostgres, onPostgresFault }: Health): Promise<string | null> => {
  try {
    let answered = false
    await within(
      answerWithinMs,
      askPostgres().then(() => {
        answered = true
      }),
    )
    return answered ? null : `no answer within ${answerWithinMs / 1_000} s`
  } catch (error) {
    onPostgresFault(error)
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
    return `does not answer${code}`
  }
}
