/** The audit of a running system after the clocks of its databases were set back: the times of older rows are in the future. */
import { expect, it } from 'vitest'
import { detailsOf, liveWorld } from './live-world.ts'

const { alter, audit } = liveWorld()

it('an order that is still open is late, although its deadline is in the future', async () => {
  await alter(
    'order',
    `update customer_order set status = 'placed', settled = false, created_at = now() + interval '1 hour',
       expires_at = now() + interval '75 minutes' where id = $1`,
  )
  await alter('payment', `update payment set updated_at = now() + interval '1 hour' where order_id = $1`)
  await alter('notification', `update notification set at = now() + interval '1 hour' where order_id = $1`)
  await alter('shipping', `update parcel set at = now() + interval '1 hour' where order_id = $1`)
  expect(detailsOf(await audit())).toContain('has not ended: it is placed')
})

it('an order whose compensations are missing is late', async () => {
  await alter(
    'order',
    `update customer_order set status = 'cancelled', cancellation_reason = 'customer', payment = 'refunding',
       settled = false, updated_at = now() + interval '1 hour' where id = $1`,
  )
  expect(detailsOf(await audit())).toContainEqual(expect.stringMatching(/^is not settled: payment refunding/))
})
