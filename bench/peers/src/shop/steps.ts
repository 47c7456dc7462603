/**
 * The five steps of an order, one statement each. A step that runs twice has the effect of one, so that a peer may repeat it
 * after a crash. Each statement is prepared once a connection.
 */
import type { QueryConfig } from 'pg'
import { type Order, totalOf } from './order.ts'

/** Stores the order. */
export const place = (order: Order): QueryConfig => ({
  name: 'place',
  text: `
    insert into customer_order (id, customer_id, email, currency, total, sku, quantity, unit_price)
    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
  values: [
    order.id,
    order.customerId,
    order.email,
    order.currency,
    totalOf(order),
    order.sku,
    order.quantity,
    order.unitPrice,
  ],
})

/** Charges the order: the gateway enters it in its ledger, and the shop stores the payment. */
export const charge = (order: Order): QueryConfig => ({
  name: 'charge',
  text: `
    with charge as (
      insert into gateway.charge (idempotency_key, reference, amount, currency, method)
      values ($1::uuid, 'ch_' || $1::text, $2, $3, $4) on conflict do nothing
    )
    insert into payment.payment (order_id, amount, currency, status, gateway_reference)
    values ($1, $2, $3, 'captured', 'ch_' || $1::text) on conflict do nothing`,
  values: [order.id, totalOf(order), order.currency, order.method],
})

/** Reserves the stock. @throws a violation of a check constraint if there is not enough. */
export const reserve = ({ id, sku, quantity }: Order): QueryConfig => ({
  name: 'reserve',
  text: `
    with fresh as (
      insert into inventory.reservation (order_id, sku, quantity)
      values ($1, $2, $3) on conflict do nothing returning sku, quantity
    )
    update inventory.stock set reserved = reserved + fresh.quantity from fresh where stock.sku = fresh.sku`,
  values: [id, sku, quantity],
})

/** Sends a notification: only a row, as Quadrille does without a mail server. */
export const notify = ({ id, email }: Order): QueryConfig => ({
  name: 'notify',
  text: `
    insert into notification.notification (order_id, channel, occasion, recipient)
    values ($1, 'email', 'fulfilled', $2) on conflict do nothing`,
  values: [id, email],
})

/** Takes the reserved goods out of the stock. */
export const ship = (orderId: string): QueryConfig => ({
  name: 'ship',
  text: `
    with shipped as (
      update inventory.reservation set status = 'committed'
      where order_id = $1 and status = 'reserved' returning sku, quantity
    )
    update inventory.stock
    set on_hand = on_hand - shipped.quantity, reserved = reserved - shipped.quantity
    from shipped where stock.sku = shipped.sku`,
  values: [orderId],
})

/** Ends the order. */
export const settle = (orderId: string): QueryConfig => ({
  name: 'settle',
  text: `
    update customer_order set status = 'fulfilled', settled = true, updated_at = now()
    where id = $1 and not settled`,
  values: [orderId],
})

/** Takes the reserved goods out of the stock, and ends the order: `ship` and `settle` as one statement. */
export const fulfil = (orderId: string): QueryConfig => ({
  name: 'fulfil',
  text: `
    with settled as (
      update customer_order set status = 'fulfilled', settled = true, updated_at = now()
      where id = $1 and not settled
    ), shipped as (
      update inventory.reservation set status = 'committed'
      where order_id = $1 and status = 'reserved' returning sku, quantity
    )
    update inventory.stock
    set on_hand = on_hand - shipped.quantity, reserved = reserved - shipped.quantity
    from shipped where stock.sku = shipped.sku`,
  values: [orderId],
})
