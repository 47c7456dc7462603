/** Refused refunds are counted in payment's own table, because the order may be settled already. */
import { newOrderId } from '@quadrille/events'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, it } from 'vitest'
import { openStage } from './stage.ts'

it('a metric shows the refused refunds that were not made since, also while one is requested again', async () => {
  await using stage = await openStage(inject('postgresUrl'))
  const orders = [newOrderId(), newOrderId(), newOrderId()]
  await stage.database.query(
    `insert into payment (order_id, status, cancelled, amount, currency, gateway_reference, attempts, captured, refunded, refund_round)
     values ($1, 'refund_failed', true, 4500, 'EUR', 'r-1', 1, 4500, 0, 2), ($2, 'refunded', true, 4500, 'EUR', 'r-2', 1, 4500, 4500, 2),
            ($3, 'refunding', true, 4500, 'EUR', 'r-3', 1, 4500, 0, 2), (gen_random_uuid(), 'refunding', true, 4500, 'EUR', 'r-4', 1, 4500, 0, 1)`,
    orders,
  )
  await stage.database.query(
    'insert into refund_refusal (order_id, round) values ($1, 1), ($1, 2), ($2, 1), ($3, 1)',
    orders,
  )
  await stage.restart() // it counts at a start, and then every 10 s
  await waitFor(async () => {
    const metrics = await (await fetch(`${stage.url}/metrics`)).text()
    expect(metrics).toContain('quadrille_payments_refund_failed{service="payment"} 2')
  })
})
