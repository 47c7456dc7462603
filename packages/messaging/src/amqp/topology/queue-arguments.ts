/**
 * The arguments of queues. All are quorum queues: replicated in a cluster, and written to disk before a confirm
 * (https://www.rabbitmq.com/docs/quorum-queues). Arguments are explicit if their defaults differ between RabbitMQ 3.10
 * and 4.x. The arguments of a queue can't change: declaring it with others fails with 406 PRECONDITION_FAILED.
 */
import type { Options } from 'amqplib'
import type { RetryTier } from '../../topology.ts'

/**
 * How often a message may be delivered before the broker dead-letters it, because it probably crashes its consumer. A
 * lost connection counts too, for all prefetched messages, so the limit is far above the number that outages cause.
 */
export const deliveryLimit = 100

/**
 * The delivery limit of queues that must keep every message. RabbitMQ 4 has a default of 20, and -1 means no limit.
 * 3.10 does not accept -1.
 */
const noDeliveryLimit = 2 ** 31 - 1

/** The maximum length of `unrouted`. An operator must see these messages, so further ones are refused. */
const unroutedLength = 100_000

/** The maximum length of the inbox, of each work queue and of the dead-letter queue of a non-essential service. */
const cappedLength = 100_000

const quorum = (limit: number) => ({ 'x-queue-type': 'quorum', 'x-delivery-limit': limit })

/**
 * A dead letter leaves its queue only when the next queue has confirmed it, which needs the overflow behaviour
 * reject-publish (https://www.rabbitmq.com/docs/quorum-queues#dead-lettering).
 */
const deadLetteringTo = (exchange: string, routingKey: string) => ({
  'x-dead-letter-exchange': exchange,
  'x-dead-letter-routing-key': routingKey,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
})

/** An inbox or a work queue. Its dead letters go to the dead-letter queue. */
export const uncappedQueue = (direct: string, deadLetterQueue: string): Options.AssertQueue => ({
  durable: true,
  arguments: { ...quorum(deliveryLimit), ...deadLetteringTo(direct, deadLetterQueue) },
})

/**
 * A queue of a non-essential service. While the service is down, new messages replace the oldest ones, so that the
 * queue does not fill the disk. Refusing new messages would block the publisher, and with it the other services.
 */
export const cappedQueue = (direct: string, deadLetterQueue: string): Options.AssertQueue => ({
  durable: true,
  arguments: {
    ...quorum(deliveryLimit),
    'x-dead-letter-exchange': direct,
    'x-dead-letter-routing-key': deadLetterQueue,
    'x-max-length': cappedLength,
    'x-overflow': 'drop-head',
  },
})

/** A retry queue has no consumer: messages expire, and return to the queue in which they failed. */
export const retryQueue = (direct: string, queue: string, { delayMs }: RetryTier): Options.AssertQueue => ({
  durable: true,
  arguments: { ...quorum(noDeliveryLimit), ...deadLetteringTo(direct, queue), 'x-message-ttl': delayMs },
})

export const uncappedDeadLetterQueue: Options.AssertQueue = { durable: true, arguments: quorum(noDeliveryLimit) }

export const cappedDeadLetterQueue: Options.AssertQueue = {
  durable: true,
  arguments: { ...quorum(noDeliveryLimit), 'x-max-length': cappedLength, 'x-overflow': 'drop-head' },
}

/** At its limit it refuses messages, so that the publisher or the dead-lettering queue keeps them. */
export const unroutedQueue: Options.AssertQueue = {
  durable: true,
  arguments: { ...quorum(noDeliveryLimit), 'x-max-length': unroutedLength, 'x-overflow': 'reject-publish' },
}
