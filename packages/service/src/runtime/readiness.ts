/** Whether an instance should get requests, for orchestrators and load balancers. */
import { onceASecond, within } from '@quadrille/async'
import type { DatabasePool } from '@quadrille/postgres'
import { cachedCall } from '../http/cached-call.ts'
import { probeCacheMs, type Readiness } from '../http/health.ts'
import type { MonitoredConsumer } from '../telemetry/load/samplers.ts'
import type { ServiceDefinition, Wiring } from './define.ts'
import type { Runtime } from './runtime.ts'

/** How long Postgres may take to answer a probe, ms. */
export const postgresTimeoutMs = 2_000

/**
 * Larger than a usual packet, and sent back: a network may lose only large packets, in either direction, if its MTU is wrong. Then no
 * state can be stored, although a short query works.
 */
const echoed = 'x'.repeat(2_000)

type Probe = Pick<DatabasePool, 'query'>

interface ReadinessOptions extends Runtime {
  readonly probe: Probe
  readonly consumers: readonly MonitoredConsumer[]
}

/**
 * Ready while Postgres answers, once the broker has been connected. A service that accepts requests without the broker is
 * ready while Postgres answers and its outbox has room, unless only a restart would connect it: its queues belong to another database.
 * Without the broker a ready service is degraded, because its events wait in the outbox. Held messages make it degraded too. All
 * callers share a query of Postgres for a second.
 */
export const readinessOf = <State, Config>(
  { readyWithoutBroker = false }: ServiceDefinition<State, Config>,
  { probe, consumers, participant, relay, config, log, leaving }: ReadinessOptions,
  { readiness: details = () => ({}) }: Wiring,
): (() => Promise<Readiness>) => {
  const reportFault = onceASecond((err: unknown) => log.warn({ err }, 'not ready: Postgres does not answer'))
  let brokerSeen = readyWithoutBroker
  const read = async (): Promise<Readiness> => {
    const broker = participant.disconnected()
    brokerSeen ||= broker === null
    const outbox = { rows: relay.backlog().rows, max: config.OUTBOX_MAX }
    const postgres = await postgresFault(probe, reportFault)
    const full = readyWithoutBroker && outbox.rows >= outbox.max
    const ready = postgres === null && brokerSeen && !participant.isRefused() && !full
    const waitingFor = relay.waitingFor()
    const heldFor = heldKinds(consumers)
    const isDegraded = broker !== null || waitingFor !== null || Object.keys(heldFor).length > 0
    return {
      status: !ready ? 'not_ready' : isDegraded ? 'degraded' : 'ready',
      postgres: postgres ?? 'ok',
      broker: broker ?? 'ok',
      waitingFor,
      outbox,
      held: heldFor,
      ...details(),
    }
  }
  const readShared = cachedCall(read, probeCacheMs)
  return async () => {
    const present = await readShared()
    return leaving.signal.aborted ? { ...present, status: 'stopping' } : present
  }
}

/** The kind of failure of each queue whose messages this instance holds. */
const heldKinds = (consumers: readonly MonitoredConsumer[]): Record<string, string> => {
  const kinds: Record<string, string> = {}
  for (const { queue, heldFor } of consumers) {
    const kind = heldFor()
    if (kind !== null) kinds[queue] = kind
  }
  return kinds
}

/** The response has only the code of an error of Postgres, because its text may contain hosts and users. */
const postgresFault = async (probe: Probe, reportFault: (error: unknown) => void): Promise<string | null> => {
  try {
    let answered = false
    const ping = probe.query('select $1::text as echoed', [echoed]).then(() => {
      answered = true
    })
    await within(postgresTimeoutMs, ping)
    return answered ? null : `no answer within ${postgresTimeoutMs / 1_000} s`
  } catch (error) {
    reportFault(error)
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
    return `does not answer${code}`
  }
}
