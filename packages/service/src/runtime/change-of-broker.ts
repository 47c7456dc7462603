/** The change of a service from one broker to another. */
import { findBrokerChange, moveRetries, recordBroker } from '@quadrille/outbox'
import type { Job } from './define.ts'
import type { Runtime } from './runtime.ts'

const moveEveryMs = 10_000
/** The maximum number of messages that a statement moves. Each has up to 256 KiB. */
const batchSize = 50

/**
 * Records the broker that the service uses. Warns once if messages may wait in RabbitMQ, which the service used before: they can't be
 * read from here. Returns a function that tells the time since the last change, ms: Infinity if there was none.
 */
export const recordBrokerInUse = async ({ storage, participant, log }: Runtime): Promise<() => number> => {
  const { database, clock } = storage
  const { system, publisher } = participant
  const before = await recordBroker(database, system)
  if (before !== null && publisher.outboxAsQueue)
    log.warn(
      { before, now: system },
      'the service used another broker before; messages that wait there are handled only when it uses that one again',
    )
  const changedAtMs = (await findBrokerChange(database))?.getTime() ?? Number.NEGATIVE_INFINITY
  return () => clock.now().getTime() - changedAtMs
}

/**
 * Moves messages from the retry table to a broker that does not read it. Periodic, because another process may still use the in-process
 * broker when this one starts.
 */
export const moveRetriesJobs = ({ storage, participant, topology, relay, log }: Runtime): Job[] => {
  if (participant.publisher.outboxAsQueue) return []
  const moving = {
    queues: topology.queues.map(({ name }) => name),
    exchange: topology.direct,
    limit: batchSize,
  }
  const run = async (signal: AbortSignal) => {
    let moved = 0
    let count: number
    do {
      count = await moveRetries(storage.database, moving)
      moved += count
    } while (count === batchSize && !signal.aborted)
    if (moved === 0) return
    relay.sweepSoon()
    log.info({ moved }, 'messages that waited in the retry table are sent to the broker')
  }
  return [{ name: 'send what waits in the retry table to the broker', everyMs: moveEveryMs, run }]
}
