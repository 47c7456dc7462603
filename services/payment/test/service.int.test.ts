import { newOrderId } from '@quadrille/events'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { audit } from './audit.ts'
import { openStage, type Stage, typesOf } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage(inject('postgresUrl'))
})
afterAll(() => stage[Symbol.asyncDispose]())

const place = async (method: string, orderId = newOrderId()): Promise<string> => {
  const expiresAt = new Date(Date.now() + 900_000).toISOString()
  await stage.publish(aMessage('OrderPlaced', { ...aPlacedOrder(orderId, method), expiresAt }))
  return orderId
}
const cancel = (orderId: string) =>
  stage.publish(aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' }))

const requestRefund = (orderId: string) =>
  fetch(`${stage.url}/payments/${orderId}/refund`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{ "manual": false }',
  })

/** The status and the round. */
const refundOf = async (orderId: string) => {
  const [row] = await stage.database.query<{ status: string; round: number }>(
    'select status, refund_round as round from payment where order_id = $1',
    [orderId],
  )
  return [row?.status, row?.round]
}

/** Prevents that the database stores a refusal, until the function is dropped. */
const refuseRefusals = async () => {
  await stage.database.query(`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'out of order'; end $$`)
  await stage.database.query(
    `create trigger broken before update on payment for each row when (new.status = 'refund_failed') execute function refuse()`,
  )
}

/** The errors of the failed attempts, as JSON. */
const errorsOf = async (orderId: string) =>
  JSON.stringify(await stage.database.query('select error from failed_attempt where subject = $1', [orderId]))

const answersTo = (orderId: string) => typesOf(stage.published, orderId).filter((type) => type !== 'PaymentProcessed')

describe('the service', () => {
  it('answers every order and every cancellation, and its amounts equal those of the gateway', async () => {
    const methods = [
      'pm_card_visa',
      'pm_card_chargeDeclined',
      'pm_sim_timeout_then_charged',
      'pm_sim_flaky',
      'pm_sim_slow',
      'pm_sim_down',
      'pm_card_refundFail',
    ]
    const kept = await Promise.all(methods.filter((method) => method !== 'pm_sim_down').map((method) => place(method)))
    const cancelledImmediately = await Promise.all(methods.map((method) => place(method)))
    await Promise.all(cancelledImmediately.map(cancel))
    const cancelledFirst = await Promise.all(methods.map(() => newOrderId()))
    await Promise.all(cancelledFirst.map(cancel))
    await Promise.all(cancelledFirst.map((orderId) => place('pm_card_visa', orderId)))

    await waitFor(async () => {
      for (const orderId of kept) expect(typesOf(stage.published, orderId)).toHaveLength(1)
      for (const orderId of cancelledFirst) expect(typesOf(stage.published, orderId)).toEqual(['PaymentVoided'])
      for (const orderId of cancelledImmediately) expect(answersTo(orderId)).toHaveLength(1)
      expect(await audit(stage.database)).toEqual([])
    })
  })

  it('refunds a capture if the order is cancelled later', async () => {
    const orderId = await place('pm_card_visa')
    await waitFor(() => expect(typesOf(stage.published, orderId)).toEqual(['PaymentProcessed']))
    await Promise.all([cancel(orderId), cancel(orderId)])
    await waitFor(() => expect(typesOf(stage.published, orderId)).toEqual(['PaymentProcessed', 'PaymentRefunded']))
    expect(await audit(stage.database)).toEqual([])
  })

  it.each(['delete from payment where order_id = $1', `update payment set status = 'pending' where order_id = $1`])(
    'answers a cancellation that a restore has undone while its CancelCharge waited: %s',
    async (restore) => {
      const { database } = stage
      const orderId = newOrderId()
      await database.query(`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'out of order'; end $$`)
      await database.query(
        'create trigger broken before insert on gateway.intent for each row execute function refuse()',
      )
      const cancelled = aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' })
      await stage.publish(cancelled)
      const waiting = () =>
        database.query(`select message ->> 'type' as type from retry where message ->> 'correlationId' = $1`, [orderId])
      await waitFor(async () => expect(await waiting()).toEqual([{ type: 'CancelCharge' }]))

      await database.query(restore, [orderId])
      await database.query('delete from inbox where id = $1', [cancelled.id])
      await database.query('drop function refuse cascade')
      await waitFor(async () => expect(await waiting()).toEqual([]))
      await stage.publish(cancelled) // as npm run reconcile does
      await waitFor(() => expect(typesOf(stage.published, orderId)).toEqual(['PaymentVoided']))
      expect(await audit(database)).toEqual([])
    },
  )

  it('publishes a refused refund whose outcome was kept while a restore has undone the cancellation', async () => {
    const { database } = stage
    const orderId = await place('pm_card_refundFail')
    await waitFor(() => expect(typesOf(stage.published, orderId)).toEqual(['PaymentProcessed']))
    await refuseRefusals()
    const cancelled = aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' })
    await stage.publish(cancelled)
    await waitFor(async () => expect(await errorsOf(orderId)).not.toBe('[]'))

    await database.query("update payment set status = 'captured', refund_round = 0 where order_id = $1", [orderId])
    await database.query('delete from inbox where id = $1', [cancelled.id])
    await database.query('drop function refuse cascade')
    await waitFor(async () => expect(await errorsOf(orderId)).toContain('run npm run reconcile'))
    await stage.publish(cancelled) // as npm run reconcile does
    await waitFor(() => expect(typesOf(stage.published, orderId)).toEqual(['PaymentProcessed', 'PaymentRefundFailed']))
    expect(await audit(database)).toEqual([])
  })

  it('ends the second round of a refund whose request was lost with its commit while the gateway refused it', async () => {
    const { database } = stage
    const orderId = await place('pm_card_refundFail')
    await waitFor(() => expect(typesOf(stage.published, orderId)).toEqual(['PaymentProcessed']))
    await cancel(orderId)
    await waitFor(async () => expect(await refundOf(orderId)).toEqual(['refund_failed', 1]))
    await refuseRefusals()
    expect((await requestRefund(orderId)).status).toBe(202)
    await waitFor(async () => expect(await errorsOf(orderId)).not.toBe('[]'))

    await database.transaction(async (sql) => {
      await sql.query('drop function refuse cascade')
      await sql.query("update payment set status = 'refund_failed', refund_round = 1 where order_id = $1", [orderId])
      await sql.query('delete from inbox where id = $1', [aMessage('RefundRequested', { orderId, round: 2 }).id])
    })
    await waitFor(async () => expect(await errorsOf(orderId)).toContain('Request the refund again'))
    expect((await requestRefund(orderId)).status).toBe(202)
    await waitFor(async () => expect(await refundOf(orderId)).toEqual(['refund_failed', 2]))
    expect(await audit(database)).toEqual([])
  })
})
