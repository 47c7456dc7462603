import { encode, newOrderId } from '@quadrille/events'
import { run } from '@quadrille/postgres'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { findPayments, insertPayments } from '../src/db/payment-table.ts'
import { insertRefusals } from '../src/db/refusal-table.ts'
import { noReference } from '../src/domain/reference.ts'
import { paymentExample, refundRequestExamples, retriedRefundExample } from '../src/http/examples.ts'
import { audit } from './audit.ts'
import * as states from './payments.ts'
import { openStage, type Stage, typesOf } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage(inject('postgresUrl'))
})
afterAll(() => stage[Symbol.asyncDispose]())

const call = async (path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(stage.url + path, body === undefined ? {} : init)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('GET /payments/{orderId}', () => {
  const show = (orderId: string) => call(`/payments/${orderId}`)
  const requested = { attempts: 1, refusal: null, refusals: [], manualReference: null }
  const refusal = { code: states.refundFailed.code, at: noon.toISOString() }
  const refusedRefund = { ...requested, refusal, refusals: [{ attempt: 1, ...refusal }] }
  const byHand = { ...requested, manualReference: states.refundedByHand.manualReference }

  it.each([
    [states.pending, { status: 'pending', captured: 0, refunded: 0, attempts: 1, refund: null }],
    [states.cancelling, { status: 'pending', captured: 0, refunded: 0, attempts: 1, refund: null }],
    [states.captured, { status: 'captured', captured: 4_500, refunded: 0, attempts: 1, refund: null }],
    [states.declinedAndCancelled, { status: 'declined', captured: 0, refunded: 0, attempts: 1, refund: null }],
    [states.voided, { status: 'voided', captured: 0, refunded: 0, attempts: 1, refund: null }],
    [states.tombstone, { status: 'pending', captured: 0, refunded: 0, attempts: 0, refund: null }],
    [states.refunding, { status: 'refunding', captured: 4_500, refunded: 0, attempts: 1, refund: requested }],
    [
      states.refundFailed,
      { status: 'refund_failed', captured: 4_500, refunded: 0, attempts: 1, refund: refusedRefund },
    ],
    [states.refundedByHand, { status: 'refunded', captured: 4_500, refunded: 4_500, attempts: 1, refund: byHand }],
  ])('shows $status', async (state, shown) => {
    const orderId = newOrderId()
    await run(stage.database, insertPayments([{ ...state, orderId }]))
    if (state.status === 'refund_failed')
      await run(stage.database, insertRefusals([{ ...state, orderId, at: noon.toISOString() }]))
    const { gatewayReference } = state
    expect(await show(orderId)).toEqual({ status: 200, body: { orderId, currency: 'EUR', gatewayReference, ...shown } })
  })

  it('shows no reference of an order that is free', async () => {
    const orderId = newOrderId()
    const free = { ...states.captured, orderId, amount: 0, captured: 0, gatewayReference: noReference }
    await run(stage.database, insertPayments([free]))
    expect((await show(orderId)).body).toMatchObject({ status: 'captured', gatewayReference: null })
  })

  it('returns the example of the API document', async () => {
    const orderId = newOrderId()
    await run(stage.database, insertPayments([{ ...states.captured, orderId }]))
    const { captured, gatewayReference } = states.captured
    expect((await show(orderId)).body).toEqual({ ...paymentExample, orderId, captured, gatewayReference })
  })

  it.each([newOrderId(), 'no-order', '0', '%00'])('returns 404 for %s', async (orderId) => {
    expect(await show(orderId)).toMatchObject({ status: 404, body: { type: '/docs/problems#not-found' } })
  })
})

it('POST /states shows no reference of a free order', async () => {
  const capture = { orderId: newOrderId(), amount: 0, currency: 'EUR', gatewayReference: noReference }
  const { body } = await call('/states', { events: [aMessage('PaymentProcessed', capture)] })
  expect(body).toMatchObject({ items: [{ after: { captured: 0, gatewayReference: null } }] })
})

describe('POST /payments/{orderId}/refund', () => {
  const ask = (orderId: string, body: unknown) => call(`/payments/${orderId}/refund`, body)
  const refused = async (): Promise<string> => {
    const orderId = newOrderId()
    const expiresAt = new Date(Date.now() + 900_000).toISOString()
    await stage.publish(aMessage('OrderPlaced', { ...aPlacedOrder(orderId, 'pm_card_refundFail'), expiresAt }))
    await waitFor(() => expect(typesOf(stage.published, orderId)).toEqual(['PaymentProcessed']))
    await stage.publish(aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' }))
    await waitFor(() => expect(typesOf(stage.published, orderId)).toContain('PaymentRefundFailed'))
    return orderId
  }

  /** The second refusal may already be there. */
  const likeExample = (orderId: string) => {
    const { refusals, ...refund } = retriedRefundExample.refund
    const stored = refusals.map((refusal) => ({ ...refusal, at: expect.stringMatching(/^\d{4}-.*Z$/) }))
    const ofOrder = { orderId, captured: 4_500, gatewayReference: expect.any(String) }
    return { ...retriedRefundExample, ...ofOrder, refund: { ...refund, refusals: expect.arrayContaining(stored) } }
  }

  it('retries a refund that is refused again, and then records a refund made by hand', async () => {
    const orderId = await refused()
    const [retryRequest, manualRequest] = refundRequestExamples
    const again = await ask(orderId, retryRequest)
    expect(again).toEqual({ status: 202, body: likeExample(orderId) })
    await waitFor(async () =>
      expect((await findPayments(stage.database, [orderId]))[0]).toMatchObject({ status: 'refund_failed', round: 2 }),
    )
    const { refund } = (await call(`/payments/${orderId}`)).body
    expect(refund).toMatchObject({ attempts: 2, refusal: { code: 'expired_or_canceled_card' } })
    const byHand = await ask(orderId, manualRequest)
    expect(byHand).toMatchObject({ status: 202, body: { status: 'refunded', captured: 4_500, refunded: 4_500 } })
    await waitFor(() =>
      expect(typesOf(stage.published, orderId)).toEqual(['PaymentProcessed', 'PaymentRefundFailed', 'PaymentRefunded']),
    )
    const code = 'expired_or_canceled_card'
    expect((await call(`/payments/${orderId}`)).body).toMatchObject({
      refund: {
        refusal: null,
        refusals: [
          { attempt: 1, code },
          { attempt: 2, code },
        ],
      },
    })
    expect(await ask(orderId, { manual: false })).toMatchObject({ status: 409 })
    expect(await audit(stage.database, orderId)).toEqual([])
    expect((await call(`/operations?orderId=${orderId}`)).body['items']).toMatchObject([
      { operation: 'refund_record', operator: '127.0.0.1', detail: 'made by hand: transfer-4711' },
      { operation: 'refund_request', operator: '127.0.0.1', detail: 'requested from the gateway again' },
    ])
  })

  it('shows when the gateway refused the refund, also while a retry changes the payment', async () => {
    const orderId = await refused()
    await stage.database.query("update payment set updated_at = now() + interval '1 hour' where order_id = $1", [
      orderId,
    ])
    const { refund } = (await call(`/payments/${orderId}`)).body as { refund: { refusal: object; refusals: object[] } }
    expect(refund.refusal).toEqual({ code: 'expired_or_canceled_card', at: expect.any(String) })
    expect(refund.refusals).toEqual([{ attempt: 1, ...refund.refusal }])
  })

  it('shows the true time of a refusal that a restored database has lost', async () => {
    const orderId = newOrderId()
    await run(stage.database, insertPayments([{ ...states.refunding, orderId }]))
    const code = 'card_gone'
    const lost = aMessage('PaymentRefundFailed', { orderId, amount: 4_500, currency: 'EUR', code }, noon)
    await stage.database.query(
      `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
       values ($1, $2, $3, 'payment.direct', 'payment.inbox', $4, now())`,
      [lost.id, lost.type, orderId, encode(lost)],
    )
    const refusal = { code, at: lost.time }
    await waitFor(async () =>
      expect((await call(`/payments/${orderId}`)).body['refund']).toMatchObject({
        refusal,
        refusals: [{ attempt: 1, ...refusal }],
      }),
    )
  })

  it('repeats the response for the reference that was recorded, and records it once', async () => {
    const orderId = await refused()
    const record = (reference: string) => ask(orderId, { manual: true, reference })
    const first = await record('b1')
    expect(first).toMatchObject({ status: 202, body: { status: 'refunded', refund: { manualReference: 'b1' } } })
    expect(await record('b1')).toEqual(first)
    expect(await record('b2')).toMatchObject({ status: 409 })
    expect((await call(`/operations?orderId=${orderId}`)).body['items']).toMatchObject([
      { operation: 'refund_record', outcome: 'done', detail: 'made by hand: b1' },
    ])
    expect(await audit(stage.database, orderId)).toEqual([])
  })

  it('accepts one of several concurrent requests, and equal ones', async () => {
    const orderId = await refused()
    const asked = ['a', 'a', 'b', 'c'].map((reference) => ask(orderId, { manual: true, reference }))
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect([
      [202, 202, 409, 409],
      [409, 409, 202, 409],
      [409, 409, 409, 202],
    ]).toContainEqual(statuses)
    const log = (await call(`/operations?orderId=${orderId}`)).body['items'] as readonly { readonly outcome: string }[]
    const accepted = statuses.filter((status) => status === 202)
    const done = log.filter(({ outcome }) => outcome === 'done')
    expect(done.length).toBeGreaterThan(0)
    expect(done.length).toBeLessThanOrEqual(accepted.length) // the second of two equal requests may arrive after the refund
    expect(log.filter(({ outcome }) => outcome === 'unknown')).toEqual([])
    expect(await audit(stage.database, orderId)).toEqual([])
  })

  /** Stores a payment whose refund was refused. The next request for a refund finds that another one has changed it in this way. */
  const changedByAnother = async (change: string): Promise<string> => {
    const orderId = newOrderId()
    await run(stage.database, insertPayments([{ ...states.refundFailed, orderId }]))
    await stage.database.query(`create function another_request() returns trigger language plpgsql as $$ begin
      update payment set ${change} where order_id = new.subject and refund_round = 1;
      return null;
    end $$`)
    await stage.database.query(
      'create trigger another_request after insert on operation for each row execute function another_request()',
    )
    onTestFinished(async () => void (await stage.database.query('drop function another_request cascade')))
    return orderId
  }

  it('is rejected if a refund was recorded by hand first', async () => {
    const orderId = await changedByAnother(
      "status = 'refunded', refunded = captured, manual_reference = 'b1', code = null",
    )
    expect(await ask(orderId, { manual: false })).toMatchObject({ status: 409 })
    expect(typesOf(stage.published, orderId)).toEqual([])
  })

  it('is rejected if another request came first and was refused, and can then be repeated', async () => {
    const orderId = await changedByAnother('refund_round = 2')
    const record = { manual: true, reference: 'b1' }
    expect(await ask(orderId, record)).toMatchObject({
      status: 409,
      body: { detail: 'Another request for a refund came first, and the gateway has refused it. Try again.' },
    })
    expect(await ask(orderId, record)).toMatchObject({ status: 202, body: { status: 'refunded' } })
  })

  it.each([states.pending, states.cancelling, states.captured, states.refunding, states.refunded, states.voided])(
    'is rejected for a payment that is $status',
    async (state) => {
      const orderId = newOrderId()
      await run(stage.database, insertPayments([{ ...state, orderId }]))
      const answer = await ask(orderId, { manual: true, reference: 'bank-transfer-7' })
      const detail = state.status === 'refunding' ? 'Do not make it by hand' : `This payment is ${state.status}`
      expect(answer).toMatchObject({
        status: 409,
        body: { type: '/docs/problems#conflict', detail: expect.stringContaining(detail) },
      })
      expect(await findPayments(stage.database, [orderId])).toEqual([{ ...state, orderId }])
    },
  )

  it('returns 404 for an unknown order', async () => {
    expect(await ask(newOrderId(), { manual: false })).toMatchObject({ status: 404 })
  })

  it.each([
    [{}, '/manual'],
    [{ manual: 'yes' }, '/manual'],
    [{ manual: true }, '/reference'],
    [{ manual: true, reference: '' }, '/reference'],
    [{ manual: true, reference: 'a\nb' }, '/reference'],
    [{ manual: true, reference: states.refundFailed.gatewayReference }, '/reference'],
    [{ manual: true, reference: 'a'.repeat(256) }, '/reference'],
    [{ manual: false, reference: 'x' }, '/reference'],
    [{ manual: true, reference: 'x', amount: 1 }, '/amount'],
    [[], ''],
    ['manual', ''],
  ])('rejects %j with a pointer to the field', async (body, pointer) => {
    const orderId = newOrderId()
    await run(stage.database, insertPayments([{ ...states.refundFailed, orderId }]))
    const { status, body: problem } = await ask(orderId, body)
    expect(status).toBe(422)
    expect(problem['errors']).toMatchObject([{ pointer }])
    expect(await findPayments(stage.database, [orderId])).toEqual([{ ...states.refundFailed, orderId }])
  })
})
