import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Draft, draft, type Message, seal } from '../src/index.ts'
import { declined, now, orderId, placed } from './sample.ts'

const cause = { id: '018f4e9a-0000-7000-8000-0000000000cc' }
const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }

describe('a sealed message', () => {
  it('has the whole envelope', () => {
    expect(seal(declined, { service: 'payment', now, cause, trace })).toEqual({
      specversion: '1.0',
      id: '64dd4736-0753-5248-bfcf-792a00643047',
      type: 'PaymentDeclined',
      source: '/payment',
      subject: orderId,
      time: now.toISOString(),
      datacontenttype: 'application/json',
      correlationid: orderId,
      partitionkey: orderId,
      causationid: cause.id,
      schemaversion: 2,
      traceparent: trace.traceparent,
      data: declined.data,
    })
  })

  it('has the same id whoever says it, whenever and why', () => {
    const one = seal(placed, { service: 'order', now })
    const other = seal(placed, { service: 'order', now: new Date(0), cause, trace })
    expect(other.id).toBe(one.id)
  })

  it('has another id for another outcome, channel or occasion', () => {
    const succeeded = (gatewayReference: string) =>
      draft('ChargeSucceeded', { orderId, amount: 1, currency: 'EUR', gatewayReference })
    const sent = (occasion: 'order_placed' | 'order_fulfilled') =>
      draft('NotificationSent', { orderId, channel: 'email', occasion })
    const about = { orderId, channel: 'email', occasion: 'order_placed' } as const
    const delivered = (attempts: number) => draft('NotificationDelivered', { ...about, attempts })
    const undeliverable = (code: string) => draft('NotificationUndeliverable', { ...about, attempts: 1, code })
    const said = [
      succeeded('ch_1'),
      succeeded('ch_2'),
      draft('ChargeDeclined', { orderId, gatewayReference: 'ch_1', code: 'no' }),
      sent('order_placed'),
      sent('order_fulfilled'),
      delivered(1),
      delivered(2),
      undeliverable('smtp_550'),
      undeliverable('attempts_exhausted'),
    ]
    expect(new Set(said.map((one) => seal(one, { service: 'test', now }).id)).size).toBe(said.length)
  })

  it('says only what its schema knows, though the draft was made from something larger', () => {
    const { data } = placed
    const fulfilled = draft('OrderFulfilled', { ...data })
    expect(seal(fulfilled, { service: 'order', now }).data).toEqual({
      orderId,
      customer: data.customer,
      currency: data.currency,
      total: data.total,
      lines: data.lines,
      reference: data.reference,
      metadata: data.metadata,
    })
  })

  it('is not made from a draft that breaks its schema', () => {
    const empty = draft('OrderPlaced', { ...placed.data, lines: [] })
    expect(() => seal(empty, { service: 'order', now })).toThrow(/^OrderPlaced can't be said: \/lines /)
  })
})

describe('the compiler', () => {
  it('knows the data of each type', () => {
    expectTypeOf(draft('PaymentVoided', { orderId })).toEqualTypeOf<Draft<'PaymentVoided'>>()
    expectTypeOf<Message<'PaymentDeclined'>['data']['category']>().toEqualTypeOf<'insufficient_funds' | 'refused'>()
    expectTypeOf<Message<'OrderPlaced'>['data']['reference']>().toEqualTypeOf<string | undefined>()
    expectTypeOf(seal(placed, { service: 'order', now })).toEqualTypeOf<Message<'OrderPlaced'>>()
  })

  it('tells types apart in a union', () => {
    const read = (message: Message<'PaymentProcessed' | 'PaymentVoided'>) =>
      message.type === 'PaymentProcessed' ? message.data.amount : message.data.orderId
    expectTypeOf(read).returns.toEqualTypeOf<number | string>()
  })

  it('refuses a wrong draft', () => {
    const processed = { orderId, amount: 1, currency: 'EUR', gatewayReference: 'ch_1' }
    const { amount: _, ...withoutAmount } = processed
    const wrong = [
      // @ts-expect-error no such type
      () => draft('OrderPondered', { orderId }),
      // @ts-expect-error a missing field
      () => draft('PaymentProcessed', withoutAmount),
      // @ts-expect-error a text for an amount
      () => draft('PaymentProcessed', { ...processed, amount: '1' }),
      // @ts-expect-error a reason that there is not
      () => draft('OrderCancelled', { ...placed.data, reason: 'boredom' }),
      // @ts-expect-error the data of another type
      () => draft('PaymentRefunded', { orderId, lines: [] }),
      // @ts-expect-error a field that the type does not have
      () => draft('PaymentVoided', { orderId, amount: 1 }),
      // @ts-expect-error version 1, where reactions say the newest
      () => draft('PaymentDeclined', { orderId, amount: 1, currency: 'EUR', code: 'no' }),
      // @ts-expect-error a draft that is no union of type and its own data
      (): Draft => ({ type: 'PaymentRefunded', data: { orderId } }),
    ]
    expect(wrong).toHaveLength(8)
  })
})
