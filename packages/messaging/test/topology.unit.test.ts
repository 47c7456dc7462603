import { choreography } from '@quadrille/events'
import { describe, expect, it } from 'vitest'
import { retryQueueOf, retryTierFor, topologyOf } from '../src/topology.ts'

describe('the topology of a service', () => {
  it('follows from the choreography', () => {
    expect(topologyOf(choreography.payment)).toEqual({
      service: 'payment',
      essential: true,
      events: 'payment.events',
      direct: 'payment.direct',
      fanout: null,
      queues: [
        { name: 'payment.inbox', exchanges: ['order.events'] },
        { name: 'payment.tasks', exchanges: [] },
      ],
      dead: 'payment.dead',
      awaits: ['order.inbox', 'inventory.inbox', 'notification.inbox'],
    })
  })

  it('binds the channels of notification to their fanout', () => {
    const { fanout, queues } = topologyOf(choreography.notification)
    expect(queues.filter(({ exchanges }) => exchanges.includes(fanout ?? '')).map(({ name }) => name)).toEqual([
      'notification.email',
      'notification.webhook',
      'notification.web',
    ])
  })
})

describe('the tier of a retry', () => {
  it.each([
    [0, 'q.retry.1s'],
    [1_000, 'q.retry.1s'],
    [1_001, 'q.retry.5s'],
    [120_000, 'q.retry.2m'],
    [3_600_000, 'q.retry.10m'],
  ])('after %d ms is that of %s: never too early, but for the longest', (delayMs, queue) => {
    expect(retryQueueOf('q', retryTierFor(delayMs))).toBe(queue)
  })
})
