/**
 * RabbitMQ, 3.10 to 4.x, single node or cluster.
 *
 * Guarantee: at-least-once delivery. A publish is confirmed when a majority of the nodes of each target queue has the
 * message on disk. A message is acknowledged to the broker when it is settled. A lost connection is reopened,
 * without a limit of attempts, unless the queues belong to another database at the first connection (`OwnedByAnotherDatabase`):
 * then only a restart helps. Messages in flight are then unconfirmed for the publisher, and redelivered to consumers.
 */
import type { Affected, Broker } from '../broker.ts'
import { createConnectAttempts } from './connect-attempts.ts'
import { heartbeatOf } from './heartbeat.ts'
import { AmqpParticipant, type AmqpParticipantOptions } from './participant.ts'

type AmqpStep = Parameters<AmqpParticipantOptions['onError']>[1]

export interface AmqpOptions {
  /**
   * Called with the affected service about a step that has failed:
   * - `connect`: the broker can't be reached. `connection`: an open connection has failed.
   * - `retry`: a retry can't be sent. `park`: a dead letter can't be stored. Both come with the message.
   * - `ask`, `answer`: questions can't be asked or answered at the moment, for example because a permission is missing.
   * - `reply`: a batch of questions was not answered, or an answer can't be sent. This is not tried again.
   * - `declare`: the queue or exchange `unrouted` is missing on a new connection, and the user may not declare it.
   *
   * The other steps are tried again with backoff, except after an `OwnedByAnotherDatabase` that is final.
   */
  readonly onError: (error: unknown, step: AmqpStep, affected: Affected) => void
  /**
   * Called with the service when one of its connections is usable, also for the first time. A service has two, which are
   * reopened independently of each other. Default: ignored.
   */
  readonly onConnected?: (service: string) => void
  /**
   * How long a service that leaves waits for the confirms of retries, ms. A message whose retry is not confirmed in time is also
   * delivered again. Default 500.
   */
  readonly copyTimeoutMs?: number
  /**
   * The longest pause before the next attempt to connect, to send a retry, to store a dead letter, or to open the channel of
   * questions, ms. Default 3,000.
   */
  readonly reconnectMaxMs?: number
}

/**
 * A broker at an amqp:// or amqps:// URL, with user, password and virtual host. `?heartbeat=` sets the interval of heartbeats,
 * 10 s by default: without traffic a connection ends between two and three intervals, here and at the broker. It connects when
 * the first service joins. Retries wait in retry queues, so the retry store of a service is not used.
 */
export const amqpBroker = (url: string, options: AmqpOptions): Broker => {
  const { onError, onConnected = () => undefined, copyTimeoutMs = 500, reconnectMaxMs = 3_000 } = options
  const participants = new Set<AmqpParticipant>()
  const left = (participant: AmqpParticipant) => void participants.delete(participant)
  const backoff = { firstMs: 100, maxMs: reconnectMaxMs, random: Math.random }
  const attempts = createConnectAttempts(backoff)
  const heartbeat = heartbeatOf(url)
  return {
    join: (topology, stores) => {
      const participant = new AmqpParticipant(topology, {
        stores,
        ...heartbeat,
        copyTimeoutMs,
        backoff,
        attempts,
        left,
        onError: (error, step, message) => onError(error, step, { service: topology.service, ...message }),
        onConnected: () => onConnected(topology.service),
      })
      participants.add(participant)
      return participant
    },
    close: async () => {
      await Promise.all([...participants].map((participant) => participant.leave()))
    },
  }
}
