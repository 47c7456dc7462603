import { describe, expect, it } from 'vitest'
import {
  cappedDeadLetterQueue,
  cappedQueue,
  uncappedDeadLetterQueue,
  uncappedQueue,
} from '../src/amqp/topology/queue-arguments.ts'

describe('queues', () => {
  it('of essential services have no length limit, and dead-letter a message only after the next queue has confirmed it', () => {
    const { arguments: given } = uncappedQueue('order.direct', 'order.dead')
    expect(given).not.toHaveProperty('x-max-length')
    expect(given).toMatchObject({ 'x-overflow': 'reject-publish', 'x-dead-letter-strategy': 'at-least-once' })
    expect(uncappedDeadLetterQueue.arguments).not.toHaveProperty('x-max-length')
  })

  it('of other services are capped, and never refuse a published message', () => {
    for (const { arguments: given } of [cappedQueue('loyalty.direct', 'loyalty.dead'), cappedDeadLetterQueue]) {
      expect(given).toMatchObject({ 'x-max-length': 100_000, 'x-overflow': 'drop-head' })
    }
  })
})
