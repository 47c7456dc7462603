/** Finds the orders whose charge may be lost. It cannot be sent again, because the payment method is not stored. */
import type { Selection } from '@quadrille/audit'
import type { MessageType } from '@quadrille/events'
import { messageId } from '@quadrille/messages'
import { type Sources, sourceOf } from './missing.ts'
import { hasFailed, readPlaces } from './places.ts'

/**
 * `failed`: OrderPlaced waits for a retry at payment, or is a dead letter there or of the order service, which could not send it. Or
 * Charge is a dead letter at payment. A dead letter can be replayed.
 * `unknown`: payment does not know the order, and OrderPlaced is in no database. `uncharged`: payment knows it, and its Charge
 * is in no table of payment.
 */
export type UnpaidOrder = 'failed' | 'unknown' | 'uncharged'

/**
 * The unpaid open orders by id, without those whose OrderPlaced is in an outbox, where a replay may wait too, or whose Charge
 * waits in a database: while the gateway is down, many wait for a retry.
 */
export const findUnpaidOrders = async (
  sources: Sources,
  { where, values }: Selection,
): Promise<ReadonlyMap<string, UnpaidOrder>> => {
  const payment = sourceOf(sources, 'payment')
  const unpaid = await sources.order.query<{ id: string }>(
    `select id from customer_order
     where ${where('id')} and not settled and cancellation_reason is null and payment = 'pending'`,
    values,
  )
  const ids = unpaid.map(({ id }) => id)
  const rows = await payment.query<{ id: string; status: string }>(
    'select order_id as id, status from payment where order_id = any($1::uuid[])',
    [ids],
  )
  const known = new Map(rows.map(({ id, status }) => [id, status]))
  const placed = ids.filter((id) => !known.has(id)).map(keyOf('OrderPlaced'))
  const charges = ids.filter((id) => known.get(id) === 'pending').map(keyOf('Charge'))
  const [atPayment, atOrder] = await Promise.all([
    readPlaces(payment, [...placed, ...charges]),
    readPlaces(sources.order, placed),
  ])
  const unknown = placed
    .map(({ id, subject }) => ({ subject, places: [atPayment.get(id), atOrder.get(id)] }))
    .filter(({ places }) => !places.includes('unsent'))
    .map(({ subject, places }) => [subject, places.some(hasFailed) ? 'failed' : 'unknown'] as const)
  const uncharged = charges
    .filter(({ id }) => !atPayment.has(id) || atPayment.get(id) === 'parked')
    .map(({ id, subject }) => [subject, atPayment.has(id) ? 'failed' : 'uncharged'] as const)
  return new Map<string, UnpaidOrder>([...unknown, ...uncharged])
}

const keyOf = (type: MessageType) => (orderId: string) => ({ id: messageId(orderId, type, ''), subject: orderId })
