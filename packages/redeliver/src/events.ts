/** Events out of the orders' histories, as they are sent once more. */
import { type Message, messageId } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import type { Said } from './behind/history.ts'

/** The events that are meant, each order's together and in their order. */
export const readEvents = async (
  order: Sql,
  wanted: ReadonlyMap<string, readonly Said[]>,
): Promise<readonly Message[]> => {
  const rows = await order.query<{ event: Message }>(
    'select event from order_event where order_id = any($1::uuid[]) order by order_id, seq',
    [[...wanted.keys()]],
  )
  const byOrder = Map.groupBy(rows, ({ event }) => event.subject)
  return [...wanted].flatMap(([orderId, said]) =>
    said.flatMap((each) => {
      const found = byOrder.get(orderId)?.find(({ event }) => saidBy(event) === each)
      return found ? [withMethod(found.event)] : []
    }),
  )
}

const saidBy = ({ type, data }: Message): Said =>
  type === 'NotificationSent' || type === 'NotificationFailed' ? `${type} ${data.channel}:${data.occasion}` : type

/**
 * The history has no payment method, and an OrderPlaced without one is none. With another one it isn't what was said, so it
 * gets an id of its own, the same each time; should the original still come, neither is taken for the other. Payment never gets it.
 */
const withMethod = (event: Message): Message =>
  event.type === 'OrderPlaced'
    ? {
        ...event,
        id: messageId(event.subject, event.type, 'redelivered'),
        replayof: event.id,
        data: { ...event.data, payment: { method: 'not in the history' } },
      }
    : event
