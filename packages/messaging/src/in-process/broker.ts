/**
 * The in-process broker: the port without a server, for services that share a process.
 *
 * Guarantee: at-least-once delivery. A publish is confirmed when each bound queue has finished with the message: its
 * consumer has acknowledged it, or the service that owns the queue has stored it as a retry or a dead letter. So the
 * publisher's outbox is the queue, and a crash loses nothing. A slow or failing subscriber blocks only itself while its
 * own retry store is available: messages that exceed its buffer, or fail, wait there. Otherwise they stay unconfirmed
 * until the window of their publisher's relay is full, and then the other subscribers wait too. Each queue keeps the
 * order of a publisher's messages while none fails and no buffer overflows. Only one process at a time may use a
 * service's stores; the caller ensures that, as `npm start` does by a lock.
 */
import type { Affected, Broker } from '../broker.ts'
import { mayPublishTo } from '../topology.ts'
import { InProcessParticipant } from './participant.ts'
import { InProcessPublisher } from './publisher.ts'
import { type AnsweringInstances, InProcessQuestions } from './questions.ts'
import { Queue } from './queue.ts'
import { QueueStorage, type QueueStorageOptions } from './queue-storage.ts'
import { Routes } from './routes.ts'

type StoreStep = Parameters<QueueStorageOptions['onError']>[1]

export interface InProcessOptions {
  /**
   * Called with the affected service, queue and message if its store can't be used; that is tried again with backoff, except the
   * last step of a stop (`release`). Also called if questions were not answered (`reply`).
   */
  readonly onError: (error: unknown, step: StoreStep | 'reply', affected: Affected) => void
  /**
   * The maximum number of messages that wait in memory for the consumers of one queue. Default 2,500: together with the
   * unsettled deliveries of its consumer, at most 1,000, a queue holds less than the window of its publisher's relay, so
   * that one slow queue does not block the others. Each further message costs three writes to the retry store.
   */
  readonly bufferSize?: number
  /**
   * The interval between polls of the retry store until the waiting messages of a start are handled, and while a queue has no room,
   * ms. Default 250.
   */
  readonly pollMs?: number
  /** How long a delivery from the retry store may take before it is delivered again, ms. Default 30,000. */
  readonly leaseMs?: number
}

/** Creates a broker without participants. */
export const inProcessBroker = (options: InProcessOptions): Broker => {
  const { onError, bufferSize = 2_500, pollMs = 250, leaseMs = 30_000 } = options
  const backoff = { firstMs: 100, maxMs: 5_000, random: Math.random }
  const routes = new Routes()
  const instances: AnsweringInstances = new Set()
  const participants = new Set<InProcessParticipant>()
  const left = (participant: InProcessParticipant) => void participants.delete(participant)

  const hasDrained = (exchange: string) => {
    const publishers = [...participants].filter((participant) => participant.publishesTo(exchange))
    return publishers.length > 0 && publishers.every(({ publisher }) => publisher.hasDrained())
  }
  const makeQueueOf = (service: string) => (name: string, awaited: readonly string[]) =>
    new Queue({
      name,
      bufferSize,
      pollMs,
      leaseMs,
      backoff,
      onError: (error) => onError(error, 'take', { service, queue: name }),
      drained: () => awaited.every(hasDrained),
    })

  return {
    join: (topology, stores) => {
      const { service } = topology
      const onStoreError: QueueStorageOptions['onError'] = (error, step, affected) =>
        onError(error, step, { service, ...affected })
      const queues = routes.add(topology, makeQueueOf(service)).map((queue) => ({
        queue,
        storage: new QueueStorage({ queue: queue.name, stores, backoff, onError: onStoreError }),
      }))
      const publisher = new InProcessPublisher({
        direct: topology.direct,
        mayPublishTo: (to) => mayPublishTo(topology, to),
        route: (to, type) => routes.find(to, type),
        waitingFor: () => waitingFor(topology.requiredInboxes, routes),
      })
      const onAnswerError = (error: unknown) => onError(error, 'reply', { service })
      const questions = new InProcessQuestions({ topology, instances, onAnswerError })
      const participant = new InProcessParticipant({ topology, publisher, questions, queues, left })
      participants.add(participant)
      return participant
    },
    close: async () => {
      await Promise.all([...participants].map((participant) => participant.leave()))
    },
  }
}

const waitingFor = (queues: readonly string[], routes: Routes): string | null => {
  const missing = queues.find((name) => !routes.queue(name)?.isConsumed())
  return missing === undefined ? null : `waiting for a consumer of ${missing}`
}
