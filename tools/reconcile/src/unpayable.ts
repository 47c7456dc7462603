/** Finds the orders that payment has never received. Their payment methods were lost with the message. */
import type { Selection } from '@quadrille/audit'
import { messageId } from '@quadrille/messages'
import { type Sources, sourceOf } from './missing.ts'
import { type Place, readPlaces } from './places.ts'

/** Whether OrderPlaced has failed at payment, so that a replay helps; or is in no database, so that nothing does. */
export type UnknownOrder = 'failed' | 'lost'

/** The unpaid open orders that payment does not know, by id, without those whose OrderPlaced is not sent yet. */
export const findUnknownOrders = async (
  sources: Sources,
  { where, values }: Selection,
): Promise<ReadonlyMap<string, UnknownOrder>> => {
  const payment = sourceOf(sources, 'payment')
  const unpaid = await sources.order.query<{ id: string }>(
    `select id from customer_order
     where ${where('id')} and not settled and cancellation_reason is null and payment = 'pending'`,
    values,
  )
  const ids = unpaid.map(({ id }) => id)
  const rows = await payment.query<{ id: string }>(
    'select order_id as id from payment where order_id = any($1::uuid[])',
    [ids],
  )
  const known = new Set(rows.map(({ id }) => id))
  const placed = ids.filter((id) => !known.has(id)).map((subject) => ({ id: idOf(subject), subject }))
  const [received, unsent] = await Promise.all([readPlaces(payment, placed), readPlaces(sources.order, placed)])
  return new Map(
    placed
      .filter(({ id }) => unsent.get(id) !== 'unsent')
      .map(({ id, subject }) => [subject, stateOf(received.get(id))] as const),
  )
}

const idOf = (orderId: string): string => messageId(orderId, 'OrderPlaced', '')

const stateOf = (place: Place | undefined): UnknownOrder => (place === 'failed' ? 'failed' : 'lost')
