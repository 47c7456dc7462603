/**
 * How queues are declared. All are quorum queues: replicated where there is a cluster, and written to disk before a confirm
 * (https://www.rabbitmq.com/docs/quorum-queues). Everything that has a default which differs between RabbitMQ 3.10 and 4.x
 * is said. A queue keeps its arguments for life: declaring it with others fails with 406 PRECONDITION_FAILED.
 */
import type { Options } from 'amqplib'
import type { RetryTier } from '../../topology.ts'
import { noDeliveryLimit } from '../rabbitmq-3/delivery-limit.ts'

/**
 * How often a message may be delivered before the broker takes its consumers' deaths as its fault and gives it up. A lost
 * connection counts too, with everything that was prefetched on it, so this is far above what outages bring about.
 */
export const deliveryLimit = 100

/** What can't be routed is a mistake that somebody must look at; more of it is refused. */
const unroutedLength = 100_000

/** How much may wait for a service that isn't essential, and in its dead letters. */
const cappedLength = 100_000

const quorum = (limit: number) => ({ 'x-queue-type': 'quorum', 'x-delivery-limit': limit })

/**
 * A dead letter is given up only when the next queue has confirmed it, which needs the overflow behaviour reject-publish
 * (https://www.rabbitmq.com/docs/quorum-queues#dead-lettering).
 */
const deadLetteringTo = (exchange: string, routingKey: string) => ({
  'x-dead-letter-exchange': exchange,
  'x-dead-letter-routing-key': routingKey,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
})

/** An inbox or a work queue: what the broker gives up goes to the dead letters. */
export const consumedQueue = (direct: string, dead: string): Options.AssertQueue => ({
  durable: true,
  arguments: { ...quorum(deliveryLimit), ...deadLetteringTo(direct, dead) },
})

/**
 * A queue of a service that isn't essential. While it is away its oldest messages make room for new ones, so that it
 * fills nobody's disk; refusing new ones would hold up the publisher, and with it everybody else.
 */
export const cappedQueue = (direct: string, dead: string): Options.AssertQueue => ({
  durable: true,
  arguments: {
    ...quorum(deliveryLimit),
    'x-dead-letter-exchange': direct,
    'x-dead-letter-routing-key': dead,
    'x-max-length': cappedLength,
    'x-overflow': 'drop-head',
  },
})

/** Nobody consumes it: messages expire, and go back to the queue in which they failed. */
export const retryQueue = (direct: string, queue: string, { delayMs }: RetryTier): Options.AssertQueue => ({
  durable: true,
  arguments: { ...quorum(noDeliveryLimit), ...deadLetteringTo(direct, queue), 'x-message-ttl': delayMs },
})

export const deadQueue: Options.AssertQueue = { durable: true, arguments: quorum(noDeliveryLimit) }

export const cappedDeadQueue: Options.AssertQueue = {
  durable: true,
  arguments: { ...quorum(noDeliveryLimit), 'x-max-length': cappedLength, 'x-overflow': 'drop-head' },
}

/** At its bound it refuses, so that the publisher, or the queue whose dead letter it is, keeps the message. */
export const unroutedQueue: Options.AssertQueue = {
  durable: true,
  arguments: { ...quorum(noDeliveryLimit), 'x-max-length': unroutedLength, 'x-overflow': 'reject-publish' },
}
