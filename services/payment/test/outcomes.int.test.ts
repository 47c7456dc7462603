/** A repeated task has one outcome, even if the second outcome has different data. */

import { encode, newOrderId } from '@quadrille/events'
import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, it } from 'vitest'
import { openStage } from './stage.ts'

it('a repeated charge that is declined with another code has one outcome and no dead letter', async () => {
  await using stage = await openStage(inject('postgresUrl'), { RETRY_ATTEMPTS: '1' }) // a failure is parked at once
  const orderId = newOrderId()
  const expiresAt = new Date(Date.now() + 900_000).toISOString()
  const order = { ...aPlacedOrder(orderId, 'pm_card_chargeDeclined'), expiresAt }
  await stage.publish(aMessage('OrderPlaced', order))
  await waitFor(() => expect(stage.published.map(({ type }) => type)).toEqual(['PaymentDeclined']))
  await stage.database.query(`update gateway.intent set decline_code = 'another_code'`)

  const charge = aMessage('Charge', {
    orderId,
    amount: order.total,
    currency: order.currency,
    method: order.payment.method,
    expiresAt,
  })
  const wire = { id: charge.id, type: charge.type, correlationId: orderId, appId: 'payment', contentType: '' }
  await stage.database.query(
    `insert into retry (queue, message, body, attempts, deaths, due_at) values ('payment.tasks', $1, $2, 0, 0, now())`,
    [JSON.stringify({ ...wire, timestamp: charge.time, headers: {} }), Buffer.from(encode(charge))],
  )
  const waiting = async () => (await stage.database.query('select attempts from retry')).length
  await waitFor(async () => expect(await waiting()).toBe(0))
  expect(await stage.database.query('select reason from dead_letter')).toEqual([])
  expect(stage.published.map(({ type }) => type)).toEqual(['PaymentDeclined'])
})
