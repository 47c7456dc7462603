/**
 * The statements of the steps. DBOS stores the result of a step after its statement has committed, so a crash between the two
 * repeats the step: each statement has the effect of one, and returns the same result again.
 */
import type { Sql } from '@quadrille/postgres'
import type { Order } from './order.ts'

export type Reason = 'customer' | 'payment_declined' | 'out_of_stock' | 'expired'
export type OrderStatus = 'placed' | 'paid' | 'fulfilled' | 'cancelled'
export type Occasion = 'order_placed' | 'order_fulfilled' | 'order_cancelled' | 'payment_refunded' | 'refund_failed'

/** Stores the order, and its payment, which is not made yet. */
export const place = async (sql: Sql, { id, customer, currency, total, lines, expiresAt }: Order): Promise<void> => {
  await sql.query(
    `with placed as (
       insert into customer_order (id, customer, currency, total, lines, expires_at)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning id
     )
     insert into payment (order_id) select id from placed`,
    [id, JSON.stringify(customer), currency, total, JSON.stringify(lines), expiresAt],
  )
}

/** Stores the reference of the charge. False if the order is cancelled or has expired: then it must not be charged. */
export const beginCharge = async (sql: Sql, charge: { id: string; reference: string; attempt: number }) => {
  const begun = await sql.query(
    `update payment set gateway_reference = $2, attempts = $3 from customer_order
     where order_id = $1 and id = order_id and customer_order.status = 'placed' and now() < expires_at
     returning order_id`,
    [charge.id, charge.reference, charge.attempt],
  )
  return begun.length > 0
}

/** Enters a capture, also one of an order that has been cancelled meanwhile. */
export const capture = async (
  sql: Sql,
  { id, amount, reference }: { id: string; amount: number; reference: string },
) => {
  await sql.query(
    `with paid as (
       update customer_order set status = 'paid', updated_at = now() where id = $1 and status = 'placed'
     )
     update payment set status = 'captured', captured = $2, gateway_reference = $3
     where order_id = $1 and captured = 0`,
    [id, amount, reference],
  )
}

export const setPayment = async (
  sql: Sql,
  id: string,
  status: 'declined' | 'voided' | 'refund_failed',
): Promise<void> => {
  await sql.query('update payment set status = $2 where order_id = $1', [id, status])
}

/** @param manualReference - the proof of a refund that was made by hand, or null */
export const enterRefund = async (sql: Sql, id: string, manualReference: string | null): Promise<void> => {
  await sql.query(
    `update payment set status = 'refunded', refunded = captured, manual_reference = $2 where order_id = $1`,
    [id, manualReference],
  )
}

/** Reserves all lines, or none. The rows of the stock are locked in the order of their SKUs. */
export const reserve = async (sql: Sql, { id, lines }: Order): Promise<'reserved' | 'rejected'> => {
  const [row] = await sql.query<{ status: 'reserved' | 'rejected' }>(
    `with wanted as materialized (
       select sku, sum(quantity)::bigint as quantity
       from jsonb_to_recordset($2::jsonb) as line (sku text, quantity bigint) group by sku
     ), available as (
       select stock.sku from stock join wanted using (sku)
       where on_hand - reserved >= quantity and not exists (select from reservation where order_id = $1)
       order by stock.sku for update of stock
     ), decided as (
       insert into reservation (order_id, lines, status)
       select $1, (select jsonb_agg(wanted) from wanted),
         case when (select count(*) from available) = (select count(*) from wanted) then 'reserved' else 'rejected' end
       on conflict do nothing returning status
     ), held as (
       update stock set reserved = reserved + wanted.quantity from wanted
       where stock.sku = wanted.sku and (select status from decided) = 'reserved'
     )
     select status from decided union all select status from reservation where order_id = $1`,
    [id, JSON.stringify(lines)],
  )
  return row?.status ?? 'rejected'
}

/** Takes the reserved goods out of the stock, and ends the order. False if it has been cancelled. */
export const fulfil = async (sql: Sql, id: string): Promise<boolean> => {
  const [row] = await sql.query<{ fulfilled: boolean }>(
    `with fulfilled as (
       update customer_order set status = 'fulfilled', settled = true, updated_at = now()
       where id = $1 and status = 'paid' returning id
     ), shipped as (
       update reservation set status = 'committed'
       where order_id in (select id from fulfilled) and status = 'reserved' returning lines
     ), taken as (
       update stock set on_hand = on_hand - quantity, reserved = reserved - quantity
       from shipped, jsonb_to_recordset(lines) as line (sku text, quantity bigint) where stock.sku = line.sku
     )
     select exists (select from fulfilled)
       or exists (select from customer_order where id = $1 and status = 'fulfilled') as fulfilled`,
    [id],
  )
  return row?.fulfilled ?? false
}

/** Cancels an order that is not fulfilled. The first reason stays. */
export const cancel = async (sql: Sql, id: string, reason: Reason): Promise<void> => {
  await sql.query(
    `update customer_order set status = 'cancelled', reason = $2, updated_at = now()
     where id = $1 and status in ('placed', 'paid')`,
    [id, reason],
  )
}

/** Gives back the reserved stock, if there is any. */
export const release = async (sql: Sql, id: string): Promise<void> => {
  await sql.query(
    `with released as (
       update reservation set status = 'released' where order_id = $1 and status = 'reserved' returning lines
     )
     update stock set reserved = reserved - quantity
     from released, jsonb_to_recordset(lines) as line (sku text, quantity bigint) where stock.sku = line.sku`,
    [id],
  )
}

/** Ends a cancelled order, once its money and its stock are given back. */
export const settle = async (sql: Sql, id: string): Promise<void> => {
  await sql.query(`update customer_order set settled = true, updated_at = now() where id = $1`, [id])
}

/** Sends a notification: only a row, as Quadrille does without a mail server. */
export const notify = async (sql: Sql, { id, customer }: Order, occasion: Occasion): Promise<void> => {
  await sql.query(
    'insert into notification (order_id, occasion, recipient) values ($1, $2, $3) on conflict do nothing',
    [id, occasion, customer.email],
  )
}
