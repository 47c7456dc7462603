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
    await database.query(`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'out of order'; end $$`)
    await database.query(
      `create trigger broken before update on payment for each row when (new.status = 'refund_failed') execute function refuse()`,
    )
    const cancelled = aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' })
    await stage.publish(cancelled)
    const errors = () =>
      database.query<{ error: string }>('select error from failed_attempt where subject = $1 order by number', [
        orderId,
      ])
    await waitFor(async () => expect(await errors()).not.toEqual([]))

    await database.query("update payment set status = 'captured', refund_round = 0 where order_id = $1", [orderId])
    await database.query('delete from inbox where id = $1', [cancelled.id])
    await database.query('drop function refuse cascade')
    await waitFor(async () => expect(JSON.stringify(await errors())).toContain('run npm run reconcile'))
    await stage.publish(cancelled) // as npm run reconcile does
    await waitFor(() => expect(typesOf(stage.published, orderId)).toEqual(['PaymentProcessed', 'PaymentRefundFailed']))
    expect(await audit(database)).toEqual([])
  })
})
