import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'

/** An order's payment in our books. Money in minor units. */
export interface PaymentRecord {
  readonly orderId: string
  readonly status: string
  readonly currency: string
  readonly captured: number
  readonly refunded: number
  /** Whether it is marked as that of a cancelled order: a capture that comes later is refunded. */
  readonly cancelled: boolean
  /** Whether the refund was made by hand, and so outside the gateway. */
  readonly byHand: boolean
  /** The gateway's object that it is charged by, once it is known. */
  readonly reference: string | null
}

/** What the gateway's ledger says of an order, all of its objects together. */
export interface LedgerRecord {
  readonly orderId: string
  /** The currency, or several with commas between them. */
  readonly currencies: string
  readonly captured: number
  readonly refunded: number
  /** How often money moved. */
  readonly captures: number
  readonly refunds: number
  /** Whether it deals with a charge, which can still end either way. */
  readonly processing: boolean
  /** Its objects that could still be confirmed. */
  readonly unconfirmed: readonly string[] | null
}

export const readPayments = async (sql: Sql, { where, values }: Selection): Promise<Map<string, PaymentRecord>> => {
  const rows = await sql.query<PaymentRecord>(
    `select order_id as "orderId", status, currency, captured, refunded, cancelled, manual_reference is not null as "byHand",
            gateway_reference as reference
     from payment where ${where('order_id')}`,
    values,
  )
  return new Map(rows.map((row) => [row.orderId, row]))
}

export const readLedger = async (sql: Sql, { where, values }: Selection): Promise<Map<string, LedgerRecord>> => {
  const rows = await sql.query<LedgerRecord>(
    `select order_id as "orderId", string_agg(distinct currency, ',') as currencies,
            sum(captured)::bigint as captured, sum(refunded)::bigint as refunded,
            sum(capture_count)::integer as captures, sum(refund_count)::integer as refunds,
            bool_or(status = 'processing') as processing,
            array_agg(reference) filter (where status = 'unconfirmed') as unconfirmed
     from gateway.intent where ${where('order_id')} group by order_id`,
    values,
  )
  return new Map(rows.map((row) => [row.orderId, row]))
}
