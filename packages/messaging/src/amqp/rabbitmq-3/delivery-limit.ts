/**
 * Work-arounds for RabbitMQ 3, in this folder. One more is in `headers.ts`, which removes `x-death` from copies: RabbitMQ 3 reads
 * that header on a message that a client publishes, and drops the message as one that runs in a cycle. RabbitMQ 4 ignores it.
 */

/** The delivery limit of queues that must keep every message. RabbitMQ 4 has a default of 20 and reads -1 as no limit; 3.10 doesn't. */
export const noDeliveryLimit = 2 ** 31 - 1
