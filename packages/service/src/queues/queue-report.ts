/** Reads the state of a service's queues from the sources of its metrics. */
import type { Participant, QueueTopology, ServiceTopology } from '@quadrille/messaging'
import type { Relay } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'
import { countWaitingForRetry } from '../attempts/attempt-table.ts'
import { countDeadLettersByQueue } from '../dead-letters/table/reading.ts'
import type { LoadSampler } from '../telemetry/load/samplers.ts'
import { countedUpTo, type QueueReport } from './get-queues.ts'

export interface QueueReportOptions {
  readonly storage: { readonly database: Sql }
  readonly topology: Pick<ServiceTopology, 'queues'>
  readonly samplers: readonly LoadSampler[]
  readonly relay: Pick<Relay, 'backlog'>
  readonly participant: Pick<Participant, 'disconnected'>
}

/** @throws if Postgres is not available. */
export const createQueueReport =
  ({ storage, topology: { queues }, samplers, relay, participant }: QueueReportOptions) =>
  async (): Promise<QueueReport> => {
    const names = queues.map(({ name }) => name)
    const [retries, parked, depths] = await Promise.all([
      countWaitingForRetry(storage.database, names, countedUpTo),
      countDeadLettersByQueue(storage.database, countedUpTo),
      Promise.all(samplers.map(async ({ queue, consumer }) => ({ queue, depth: await consumer.depth() }))),
    ])
    const stateOf = ({ name, exchanges }: QueueTopology): QueueReport['queues'][number] => {
      const isThis = ({ queue }: { readonly queue: string }) => queue === name
      const [depth, retry, sampler] = [depths.find(isThis)?.depth, retries.find(isThis), samplers.find(isThis)]
      const lagMs = sampler?.lagMs() ?? null
      return {
        name,
        exchanges: [...exchanges],
        waiting: depth?.messages ?? null,
        instances: depth?.consumers ?? null,
        instancesWanted: sampler?.figures().instancesWanted ?? null,
        lagMs: lagMs === null ? null : Math.round(lagMs),
        retrying: retry?.count ?? 0,
        nextRetryAt: retry?.nextAt?.toISOString() ?? null,
        deadLetters: parked.find(isThis)?.count ?? 0,
        heldFor: sampler?.heldFor() ?? null,
        circuitOpen: sampler?.circuitOpen() ?? false,
      }
    }
    const { rows, oldestAgeMs } = relay.backlog()
    const others = parked.filter(({ queue }) => !names.includes(queue)).reduce((sum, { count }) => sum + count, 0)
    return {
      queues: queues.map(stateOf),
      otherDeadLetters: Math.min(others, countedUpTo),
      outbox: { rows, oldestAgeMs: Math.round(oldestAgeMs) },
      brokerFault: participant.disconnected(),
    }
  }
