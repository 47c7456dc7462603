/** Compensations are retried without a limit. */

import { newOrderId } from '@quadrille/events'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, it, onTestFinished } from 'vitest'
import { audit } from './audit.ts'
import { openStage, typesOf } from './stage.ts'

it('a refund is retried beyond RETRY_ATTEMPTS until it succeeds', async () => {
  const stage = await openStage(inject('postgresUrl'), { RETRY_ATTEMPTS: '1' })
  onTestFinished(() => stage[Symbol.asyncDispose]())
  const orderId = newOrderId()
  const expiresAt = new Date(Date.now() + 900_000).toISOString()
  await stage.publish(aMessage('OrderPlaced', { ...aPlacedOrder(orderId, 'pm_card_visa'), expiresAt }))
  await waitFor(() => expect(typesOf(stage.published, orderId)).toEqual(['PaymentProcessed']))

  await stage.database.query(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'out of order'; end $$`)
  await stage.database.query(
    'create trigger broken before update on gateway.intent for each row execute function refuse()',
  )
  await stage.publish(aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' }))
  const failed = `select message ->> 'type' as type from retry where attempts > 0`
  await waitFor(async () => expect(await stage.database.query(failed)).toEqual([{ type: 'Refund' }]))
  expect(await stage.database.query('select 1 from dead_letter')).toEqual([])

  await stage.database.query('drop trigger broken on gateway.intent')
  await waitFor(() => expect(typesOf(stage.published, orderId)).toEqual(['PaymentProcessed', 'PaymentRefunded']))
  expect(await audit(stage.database)).toEqual([])
})
