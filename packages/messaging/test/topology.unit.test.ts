import { choreography } from '@quadrille/events'
import { describe, expect, it } from 'vitest'
import {
  optionalQueuesOf,
  queueNamesOf,
  retryQueueOf,
  retryTierFor,
  topologyOf,
  withWorkQueues,
} from '../src/topology.ts'

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

describe('a service that is configured for some of its work queues', () => {
  const all = topologyOf(choreography.notification)

  it('has those, and has the others to retire', () => {
    const { queues, retired } = withWorkQueues(all, ['notification.email'])
    expect(queues.map(({ name }) => name)).toEqual(['notification.inbox', 'notification.email'])
    expect(retired).toEqual(
      ['notification.webhook', 'notification.web'].map((name) => ({ name, exchanges: ['notification.channels'] })),
    )
  })

  it('may lack the queues of each channel, and no other', () => {
    const optional = optionalQueuesOf(all)
    expect(optional).toContain('notification.web.retry.30s')
    const required = queueNamesOf(all).filter((name) => !optional.includes(name))
    expect(required.filter((name) => !name.includes('.retry.'))).toEqual(['notification.inbox', 'notification.dead'])
    expect(optionalQueuesOf(topologyOf(choreography.payment))).toEqual([])
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
