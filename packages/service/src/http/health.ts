/** Health for orchestrators: alive is whether to restart the process, ready is whether to send it requests. */
import type { RequestHandler } from 'express'

export interface Health {
  /** Rejects while Postgres doesn't answer. */
  readonly askPostgres: () => Promise<unknown>
  /** Null while the broker is connected; otherwise why not. */
  readonly brokerFault: () => string | null
  /** Null while events can be published; otherwise what they wait for. */
  readonly publishingWaitsFor: () => string | null
  /** True where the service does its main job also without a broker. */
  readonly readyWithoutBroker: boolean
  readonly outbox: () => { readonly rows: number; readonly max: number }
}

export const live: RequestHandler = (_request, response) => void response.json({ status: 'live' })

/**
 * Ready while Postgres answers, the outbox has room, and the broker has answered once. A broker that goes away after that
 * makes the service degraded, not unready: what it decides waits in the outbox.
 */
export const createReady = (health: Health): RequestHandler => {
  let brokerSeen = health.readyWithoutBroker
  return async (_request, response) => {
    const broker = health.brokerFault()
    brokerSeen ||= broker === null
    const { rows, max } = health.outbox()
    const postgres = await fault(health.askPostgres)
    const ready = postgres === null && brokerSeen && rows < max
    const waitingFor = health.publishingWaitsFor()
    const status = !ready ? 'not_ready' : broker || waitingFor ? 'degraded' : 'ready'
    response
      .status(ready ? 200 : 503)
      .json({ status, postgres: postgres ?? 'ok', broker: broker ?? 'ok', waitingFor, outbox: { rows, max } })
  }
}

const fault = async (ask: () => Promise<unknown>): Promise<string | null> => {
  try {
    await ask()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
