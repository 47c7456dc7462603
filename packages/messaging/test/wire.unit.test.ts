import type { ConsumeMessage } from 'amqplib'
import { describe, expect, it } from 'vitest'
import { attemptsOf, retryMarks } from '../src/amqp/marks.ts'
import { Returned } from '../src/amqp/returned.ts'
import { copyProperties, fromDelivery, toProperties } from '../src/amqp/wire.ts'
import { aMessage } from '../src/conformance/index.ts'

const delivered = (properties: object): ConsumeMessage => ({
  content: Buffer.from('{}'),
  fields: { consumerTag: 'c', deliveryTag: 1, redelivered: false, exchange: 'e', routingKey: '' },
  properties: properties as ConsumeMessage['properties'],
})

describe('a message from somebody who knows nothing of our properties', () => {
  it('has empty ones', () => {
    expect(fromDelivery(delivered({}))).toEqual({
      ...{ id: '', type: '', correlationId: '', appId: '', contentType: '' },
      timestamp: new Date(0),
      body: Buffer.from('{}'),
      headers: {},
    })
  })

  it.each([[undefined], ['3'], [-1], [1.5], [Number.NaN], [{}]])(
    'has not been attempted where it says %s',
    (attempts) => {
      expect(attemptsOf(delivered({ headers: { 'x-attempts': attempts } }))).toBe(0)
    },
  )
})

describe('a message that is published', () => {
  it('has its text headers, and none that AMQP could not write', () => {
    const headers = { traceparent: 't', low: -1e80, deep: { '!': 'nonsense', value: 1 } }
    expect(toProperties(aMessage('m1', { headers })).headers).toEqual({ traceparent: 't' })
  })
})

describe('a copy for a retry', () => {
  it('is as it came, with one more attempt, and routed to nobody else', () => {
    const sent = toProperties(aMessage('m1', { headers: { traceparent: 't' } }))
    const marks = { 'x-death': [], 'x-first-death-queue': 'q', 'x-last-death-reason': 'expired', 'x-delivery-count': 1 }
    const ours = { 'x-attempts': 1, 'x-first-failed-at': '2026-01-01T12:00:00.000Z', 'x-error': 'at first' }
    const headers = { ...sent.headers, ...marks, ...ours, CC: ['elsewhere'], tenant: 7 }
    const original = delivered({ ...sent, headers, expiration: '5', userId: 'somebody' })
    const copy = copyProperties(original, retryMarks(original, new Error('and again')))
    expect(copy).toEqual({
      ...sent,
      contentEncoding: undefined,
      headers: { traceparent: 't', tenant: 7, ...ours, 'x-attempts': 2, 'x-error': 'and again' },
    })
  })
})

describe('returned messages', () => {
  it('are told apart by address and id, and each return counts once', () => {
    const returned = new Returned()
    const to = { exchange: 'e', routingKey: '' }
    returned.add(delivered({ messageId: 'm1' }))
    returned.add(delivered({ messageId: 'm1' }))
    expect(returned.take(to, 'm2')).toBe(false)
    expect(returned.take({ ...to, routingKey: 'k' }, 'm1')).toBe(false)
    expect([1, 2, 3].map(() => returned.take(to, 'm1'))).toEqual([true, true, false])
  })
})
