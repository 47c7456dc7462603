/**
 * This folder has workarounds for RabbitMQ 3. Another one is in `headers.ts`, which removes `x-death` from copies:
 * RabbitMQ 3 reads that header on a published message, and drops the message as one in a cycle. RabbitMQ 4 ignores it.
 */

/**
 * The delivery limit of queues that must keep every message. RabbitMQ 4 has a default of 20, and -1 means no limit.
 * 3.10 does not accept -1.
 */
export const noDeliveryLimit = 2 ** 31 - 1
