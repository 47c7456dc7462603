import type { ConsumeMessage } from 'amqplib'
import { describe, expect, it } from 'vitest'
import { aMessage } from '../conformance/index.ts'
import { crashesOf, historyOf, lastDeadLettering, retryHeaders } from '../src/amqp/headers.ts'
import { Returned } from '../src/amqp/publisher/returned.ts'
import { copyProperties, fromDelivery, toProperties } from '../src/amqp/wire.ts'

const publishing = { ownHeaders: {}, frameMax: 131_072 }

const delivered = (properties: object, redelivered = false): ConsumeMessage => ({
  content: Buffer.from('{}'),
  fields: { consumerTag: 'c', deliveryTag: 1, redelivered, exchange: 'e', routingKey: '' },
  properties: properties as ConsumeMessage['properties'],
})

const [direct, elsewhere] = ['own.direct', 'other.events']
const firstTime = { attempts: 0, firstFailedAt: null, reachedLimit: false }

describe('a message of a foreign publisher', () => {
  it('has empty properties', () => {
    expect(fromDelivery(delivered({}))).toEqual({
      ...{ id: '', type: '', correlationId: '', appId: '', contentType: '' },
      timestamp: new Date(0),
      body: Buffer.from('{}'),
      headers: {},
    })
  })

  it.each([[undefined], ['3'], [-1], [1.5], [Number.NaN], [{}]])('has no attempts if its header is %s', (attempts) => {
    expect(historyOf(delivered({ headers: { 'x-attempts': attempts } }), { direct, via: direct })).toEqual({
      exchange: direct,
      ...firstTime,
    })
  })
})

describe('our own headers', () => {
  const marked = delivered({
    headers: {
      'x-attempts': 3,
      'x-first-failed-at': '2026-01-01T12:00:00.000Z',
      'x-limit-reached': true,
      'x-original-exchange': elsewhere,
    },
  })

  it("are trusted on messages through the service's own direct exchange", () => {
    expect(historyOf(marked, { direct, via: direct })).toEqual({
      exchange: elsewhere,
      attempts: 3,
      firstFailedAt: new Date('2026-01-01T12:00:00Z'),
      reachedLimit: true,
    })
  })

  it.each([elsewhere, 'third.events', ''])('are not trusted on messages through "%s"', (via) => {
    expect(historyOf(marked, { direct, via })).toEqual({ exchange: via, ...firstTime })
  })

  it('may have an unknown original exchange', () => {
    const unknown = delivered({ headers: { 'x-original-exchange': '' } })
    expect(historyOf(unknown, { direct, via: direct })).toEqual({ exchange: '', ...firstTime })
  })
})

describe("the broker's headers", () => {
  const history = { exchange: elsewhere, ...firstTime }

  it('count crashes from the first redelivery on, and not before', () => {
    const headers = { 'x-delivery-count': 7, 'x-acquired-count': 9 }
    expect(crashesOf(delivered({ headers }), history)).toBe(0)
    expect(crashesOf(delivered({ headers }, true), history)).toBe(7)
    expect(crashesOf(delivered({}, true), history)).toBe(1)
    expect(crashesOf(delivered({}), { ...history, reachedLimit: true })).toBe(100)
  })

  const death = { reason: 'delivery_limit', queue: 'own.inbox', exchange: elsewhere, count: 1 }
  it.each([
    ['the one of the delivery limit', [death], elsewhere],
    ['none', undefined, 'e'],
    ['one that was counted before', [{ ...death, count: 2 }], ''],
    ['one that a sender can cause', [{ ...death, reason: 'expired' }], ''],
    ['one without an exchange', [{ ...death, exchange: 7 }], ''],
    ['no list', 'forged', ''],
  ])('contain the exchange of a dead-lettered message in %s', (_, xDeath, exchange) => {
    expect(lastDeadLettering(delivered({ headers: { 'x-death': xDeath } })).exchange).toBe(exchange)
  })
})

describe('a message that is published', () => {
  it('has its text headers, and none that AMQP could not write', () => {
    const headers = { traceparent: 't', low: -1e80, deep: { '!': 'nonsense', value: 1 } }
    expect(toProperties(aMessage('m1', { headers }), publishing).headers).toEqual({ traceparent: 't' })
  })
})

describe('a dead letter that is replayed', () => {
  const kept = (headers: Record<string, string>, frameMax: number) =>
    Object.keys(toProperties(aMessage('m1', { headers }), { ...publishing, frameMax }).headers ?? {})

  it("leaves out the headers that do not fit into a frame or into amqplib's limit, and keeps the others", () => {
    const headers = { huge: 'x'.repeat(70_000), large: 'é'.repeat(20_000), small: 'y'.repeat(5_000), traceparent: 't' }
    expect(kept(headers, 131_072)).toEqual(['traceparent', 'small', 'large'])
    expect(kept(headers, 8_192)).toEqual(['traceparent', 'small'])
    expect(kept(headers, 4_096)).toEqual(['traceparent'])
  })
})

describe('a copy for a retry', () => {
  it('is unchanged, with one more attempt, and not routed to other queues', () => {
    const sent = toProperties(aMessage('m1', { headers: { traceparent: 't' } }), publishing)
    const brokersHeaders = {
      'x-death': [],
      'x-first-death-queue': 'q',
      'x-last-death-reason': 'expired',
      'x-delivery-count': 1,
    }
    const ours = {
      'x-attempts': 1,
      'x-first-failed-at': 'then',
      'x-error': 'at first',
      'x-original-exchange': 'forged',
    }
    const headers = { ...sent.headers, ...brokersHeaders, ...ours, CC: ['elsewhere'], tenant: 7 }
    const original = delivered({ ...sent, headers, expiration: '5', userId: 'somebody' })
    const copy = copyProperties(
      original,
      retryHeaders(
        { ...firstTime, exchange: elsewhere, attempts: 1 },
        { error: new Error('and again'), delayMs: 0 },
        (text) => text,
      ),
    )
    expect(copy).toEqual({
      ...sent,
      contentEncoding: undefined,
      headers: {
        traceparent: 't',
        tenant: 7,
        'x-attempts': 2,
        'x-first-failed-at': expect.stringMatching(/^\d{4}-.*Z$/),
        'x-error': 'and again',
        'x-original-exchange': elsewhere,
      },
    })
  })
})

describe('the error on a copy', () => {
  it('is truncated, and its secrets are masked before that', () => {
    const error = new Error(`${'x'.repeat(480)} secret of the reader and more`)
    const { 'x-error': text } = retryHeaders({ ...firstTime, exchange: elsewhere }, { error, delayMs: 0 }, (message) =>
      message.replace('secret of the reader', '***'),
    )
    expect(text).toBe(`${'x'.repeat(480)} *** and more`)
  })
})

describe('returned messages', () => {
  it('are distinguished by address and id, and each return counts once', () => {
    const returned = new Returned()
    const to = { exchange: 'e', routingKey: '' }
    returned.add(delivered({ messageId: 'm1' }))
    returned.add(delivered({ messageId: 'm1' }))
    expect(returned.take(to, 'm2')).toBe(false)
    expect(returned.take({ ...to, routingKey: 'k' }, 'm1')).toBe(false)
    expect([1, 2, 3].map(() => returned.take(to, 'm1'))).toEqual([true, true, false])
  })
})
