/** The state of a service's queues at one moment, from the sources of its metrics. */
import type { QueueTopology } from '@quadrille/messaging'
import type { Sql } from '@quadrille/postgres'
import { countWaitingForRetry } from '../attempts/attempt-table.ts'
import { countDeadLettersByQueue } from '../dead-letters/table/reading.ts'
import type { LoadSampler } from '../telemetry/load/samplers.ts'

export interface QueueState {
  readonly name: string
  /** The exchanges to which it is bound, in addition to the direct exchange of its service. */
  readonly exchanges: readonly string[]
  /** Messages that wait for a consumer. Null if it is unknown. */
  readonly waiting: number | null
  /** Instances that consume it. Null if it is unknown. */
  readonly instances: number | null
  /** See instancesWanted. Null if it is unknown. */
  readonly instancesWanted: number | null
  /** See MonitoredConsumer. */
  readonly lagMs: number | null
  /** Messages that wait for their next attempt. */
  readonly retrying: number
  /** When the first of them is due. */
  readonly nextRetryAt: Date | null
  /** Parked dead letters. */
  readonly deadLetters: number
  /** The kind of failure that all messages have in common, while this instance holds them for it. */
  readonly heldFor: string | null
  /** Whether the external system of its tasks does not answer this instance. */
  readonly circuitOpen: boolean
}

export interface QueueReport {
  readonly queues: readonly QueueState[]
  /** Parked dead letters of none of these queues: messages that could not be sent, and those of a queue that was retired. */
  readonly otherDeadLetters: number
  readonly outbox: { readonly rows: number; readonly oldestAgeMs: number }
  /** Null while the broker is connected. Otherwise the reason. */
  readonly brokerFault: string | null
}

export interface QueueReportOptions {
  readonly sql: Sql
  readonly queues: readonly QueueTopology[]
  readonly samplers: readonly LoadSampler[]
  readonly held: ReadonlyMap<string, string>
  readonly circuitsOpen: ReadonlySet<string>
  /** As of its last measurement. */
  readonly backlog: () => { readonly rows: number; readonly oldestAgeMs: number }
  readonly brokerFault: () => string | null
}

/** The retries and the dead letters of a queue are counted up to this number, so that a call costs some milliseconds. */
export const countedUpTo = 10_000

/** @throws if Postgres is not available. */
export const createQueueReport =
  ({ sql, queues, samplers, held, circuitsOpen, backlog, brokerFault }: QueueReportOptions) =>
  async (): Promise<QueueReport> => {
    const names = queues.map(({ name }) => name)
    const [retries, parked, depths] = await Promise.all([
      countWaitingForRetry(sql, names, countedUpTo),
      countDeadLettersByQueue(sql, countedUpTo),
      Promise.all(samplers.map(async ({ queue, consumer }) => ({ queue, depth: await consumer.depth() }))),
    ])
    const stateOf = ({ name, exchanges }: QueueTopology): QueueState => {
      const isThis = ({ queue }: { readonly queue: string }) => queue === name
      const [depth, retry, sampler] = [depths.find(isThis)?.depth, retries.find(isThis), samplers.find(isThis)]
      return {
        name,
        exchanges,
        waiting: depth?.messages ?? null,
        instances: depth?.consumers ?? null,
        instancesWanted: sampler?.figures().instancesWanted ?? null,
        lagMs: sampler?.lagMs() ?? null,
        retrying: retry?.count ?? 0,
        nextRetryAt: retry?.nextAt ?? null,
        deadLetters: parked.find(isThis)?.count ?? 0,
        heldFor: held.get(name) ?? null,
        circuitOpen: circuitsOpen.has(name),
      }
    }
    const others = parked.filter(({ queue }) => !names.includes(queue)).reduce((sum, { count }) => sum + count, 0)
    return {
      queues: queues.map(stateOf),
      otherDeadLetters: Math.min(others, countedUpTo),
      outbox: backlog(),
      brokerFault: brokerFault(),
    }
  }
