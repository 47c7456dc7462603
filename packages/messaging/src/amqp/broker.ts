/**
 * RabbitMQ, 3.10 to 4.x, single node or cluster.
 *
 * Guarantee: at-least-once. A publish is confirmed when the message is on the disk of a majority of the nodes that hold each
 * quorum queue that it was routed to; it is acknowledged to the broker when it is settled. A lost connection is opened again
 * for as long as it takes, and what was on its way is unconfirmed at one end and delivered again at the other.
 */
import type { Broker } from '../broker.ts'
import { AmqpParticipant, type AmqpParticipantOptions } from './participant.ts'
import { createAttempts } from './retries/attempts.ts'

type AmqpStep = Parameters<AmqpParticipantOptions['onError']>[1]

export interface AmqpOptions {
  /**
   * Called, with the service that is concerned, when the broker can't be reached (`connect`), when an open connection fails
   * (`connection`), and when a retry can't be sent or a dead letter can't be stored: all of these are tried again with backoff.
   * Also called for each message that a full queue has dropped (`drop`), and for each retired queue that could not be deleted yet
   * (`retire`), which the next connection tries again.
   */
  readonly onError: (error: unknown, step: AmqpStep, service: string) => void
  /** After two of these without a sign of life a connection is dead, s. Default 10. */
  readonly heartbeatSeconds?: number
  /** How long a connection may take to open, ms. Default 5,000. */
  readonly connectTimeoutMs?: number
  /** The longest wait before the next attempt to connect, ms. Default 3,000. */
  readonly reconnectMaxMs?: number
  /** Jitter, from 0 to 1. Default Math.random. */
  readonly random?: () => number
}

/**
 * A broker at an amqp:// or amqps:// URL, with user, password and virtual host. Nothing is connected before a service joins.
 * Retries wait in retry queues here, so the retry store that a service brings is not used.
 */
export const amqpBroker = (url: string, options: AmqpOptions): Broker => {
  const {
    onError,
    heartbeatSeconds = 10,
    connectTimeoutMs = 5_000,
    reconnectMaxMs = 3_000,
    random = Math.random,
  } = options
  const participants: AmqpParticipant[] = []
  const backoff = { firstMs: 100, maxMs: reconnectMaxMs, random }
  const attempts = createAttempts(backoff)
  return {
    join: (topology, stores) => {
      const participant = new AmqpParticipant(topology, {
        stores,
        url: withHeartbeat(url, heartbeatSeconds),
        connectTimeoutMs,
        connectionDeathMs: 3_000 * heartbeatSeconds,
        backoff,
        attempts,
        onError: (error, step) => onError(error, step, topology.service),
      })
      participants.push(participant)
      return participant
    },
    close: async () => {
      await Promise.all(participants.map((participant) => participant.leave()))
    },
  }
}

/** amqplib takes the heartbeat from the URL, and so may an operator (https://www.rabbitmq.com/docs/uri-query-parameters). */
const withHeartbeat = (url: string, seconds: number): string => {
  const withQuery = new URL(url)
  if (!withQuery.searchParams.has('heartbeat')) withQuery.searchParams.set('heartbeat', String(seconds))
  return withQuery.href
}
